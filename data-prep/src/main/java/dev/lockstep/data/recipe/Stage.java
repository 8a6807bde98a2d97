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
 * @param base the rows before the first step, or more of them
 * @param intact names, in lower case, of the columns of {@code base} that no step has dropped
 * @param future names, in lower case, of the columns that know what happens after the row's time
 */
record Stage(Dataset<Row> rows, Dataset<Row> base, Set<String> intact, Set<String> future) {
  Stage {
    intact = Set.copyOf(intact);
    future = Set.copyOf(future);
  }

  static Stage of(Dataset<Row> base) {
    return new Stage(base, base, Set.copyOf(lower(Arrays.asList(base.columns()))), Set.of());
  }

  Stage with(Dataset<Row> changed) {
    return new Stage(changed, base, intact, future);
  }

  Stage without(List<String> columns) {
    Set<String> kept = new HashSet<>(intact);
    lower(columns).forEach(kept::remove);
    return new Stage(rows.drop(columns.toArray(String[]::new)), base, kept, future);
  }

  /**
   * Rows with some columns: those before the first step where they have them, so that a query that
   * needs no more does not do all the steps again.
   */
  Dataset<Row> having(List<String> columns) {
    return intact.containsAll(lower(columns)) ? base : rows;
  }

  Stage withFuture(Collection<String> names) {
    Set<String> all = new HashSet<>(future);
    names.forEach(n -> all.add(n.toLowerCase(Locale.ROOT)));
    return new Stage(rows, base, intact, all);
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
            "%s: '%s' uses what happens after the row's time".formatted(what, name),
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
