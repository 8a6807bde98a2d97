package dev.lockstep.data.recipe;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Names;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Rows after some steps.
 *
 * @param rows the rows
 * @param future names, in lower case, of the columns that know what happens after the row's time
 */
record Stage(Dataset<Row> rows, Set<String> future) {
  Stage {
    future = Set.copyOf(future);
  }

  Stage with(Dataset<Row> changed) {
    return new Stage(changed, future);
  }

  Stage withFuture(Collection<String> names) {
    Set<String> all = new HashSet<>(future);
    names.forEach(n -> all.add(n.toLowerCase(Locale.ROOT)));
    return new Stage(rows, all);
  }

  /** Refuses names that are taken. */
  void refuseTaken(Collection<String> names) {
    List<String> there = lower(Arrays.asList(rows.columns()));
    for (String name : names) {
      if (there.contains(name.toLowerCase(Locale.ROOT))) {
        throw new LockstepException(
            "a step makes a column '%s', but there is one already".formatted(name),
            "Give it another name, or drop the other before");
      }
    }
  }

  /** Refuses names that are no columns, and those that know the future. */
  void refuseUnknown(Collection<String> names, String what) {
    List<String> there = lower(Arrays.asList(rows.columns()));
    for (String name : names) {
      if (!there.contains(name.toLowerCase(Locale.ROOT))) {
        throw new LockstepException(
            "%s: '%s' is not a column here".formatted(what, name),
            "Did you mean '%s'? There are %s"
                .formatted(
                    Names.nearest(name, Arrays.asList(rows.columns())),
                    String.join(", ", rows.columns())));
      }
      if (future.contains(name.toLowerCase(Locale.ROOT))) {
        throw new LockstepException(
            "%s: '%s' knows what happens after the row's time".formatted(what, name),
            "Only 'derive' and 'where' may use an outcome");
      }
    }
  }

  /** Whether an expression of these rows uses a column that knows the future. */
  boolean looksAhead(Column expression) {
    if (future.isEmpty()) {
      return false;
    }
    try {
      Dataset<Row> known = rows.drop(future.toArray(String[]::new));
      return known.select(expression).schema().isEmpty();
    } catch (Exception e) { // Analysis fails without those columns, and did not with them.
      return true;
    }
  }

  private static List<String> lower(List<String> names) {
    return names.stream().map(n -> n.toLowerCase(Locale.ROOT)).toList();
  }
}
