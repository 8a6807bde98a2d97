package dev.lockstep.data.preparation;

import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Task;
import dev.lockstep.data.features.LabelLayout;
import dev.lockstep.data.features.PlacedRows;
import dev.lockstep.data.features.Tally;
import dev.lockstep.data.spec.DataSpec;
import dev.lockstep.data.spec.OnBadRow;
import dev.lockstep.data.split.Split;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Counts the rows of each split and refuses values that nothing can learn from. */
final class RowCheck {
  private final DataSpec spec;
  private final List<String> numeric;
  private final Set<Split> needed;

  /**
   * A check.
   *
   * @param numeric names of the numeric features
   * @param needed the splits that must have rows
   */
  RowCheck(DataSpec spec, List<String> numeric, Set<Split> needed) {
    this.spec = spec;
    this.numeric = List.copyOf(numeric);
    this.needed = Set.copyOf(needed);
  }

  /**
   * The rows that can be used, where others are to be dropped.
   *
   * @param warnings where the number of those that are left out is told
   */
  Dataset<Row> usable(Dataset<Row> rows, List<String> warnings) {
    if (spec.onBadRow() == OnBadRow.REFUSE) {
      return rows;
    }
    List<RowRule> rules = RowRule.of(spec, rows.schema(), numeric);
    Column bad = rules.stream().map(RowRule::broken).reduce(Column::or).orElseThrow();
    List<Column> counts = new ArrayList<>(List.of(count(when(bad, 1))));
    rules.forEach(rule -> counts.add(count(when(rule.broken(), 1))));
    Row found = rows.agg(count(lit(1)), counts.toArray(Column[]::new)).head();
    if (found.getLong(1) == 0) {
      return rows;
    }
    List<String> reasons = new ArrayList<>();
    for (int i = 0; i < rules.size(); i++) {
      long times = found.getLong(2 + i);
      if (times > 0) {
        reasons.add("%s in %,d".formatted(rules.get(i).fault(), times));
      }
    }
    warnings.add(
        "%,d of %,d rows were left out: %s"
            .formatted(found.getLong(1), found.getLong(0), String.join(", ", reasons)));
    return rows.where(not(bad));
  }

  /**
   * The number of rows of each split.
   *
   * @param tally what the rows are like
   * @param rows the rows, which are read again only where one is to be refused
   * @throws LockstepException naming the column of a value that cannot be used, in any split
   */
  Map<Split, Long> counts(Tally tally, Dataset<Row> rows) {
    Map<Split, Long> counts = new EnumMap<>(Split.class);
    tally.rows().forEach((name, n) -> Split.named(name).ifPresent(split -> counts.put(split, n)));
    boolean all = counts.size() == tally.rows().size();
    if (tally.unlabelled() + tally.unsound() > 0 || !all || !counts.keySet().containsAll(needed)) {
      refuse(rows);
      throw new IllegalStateException("expected to find what is wrong with " + tally);
    }
    return counts;
  }

  /**
   * Refuses labels that nothing can be learned of.
   *
   * @throws LockstepException naming one that the train split has not
   */
  void labels(Tally tally) {
    for (String label : tally.otherLabels()) {
      if (!tally.trainLabels().contains(label)) {
        throw new LockstepException(
            "label '%s' is %s in rows of the validation or test split, which no train row has"
                .formatted(spec.label(), label),
            "Drop that class with 'where', or choose another split.salt");
      }
    }
  }

  /**
   * Refuses labels that a model does not know.
   *
   * @throws LockstepException naming one
   */
  void labels(Tally tally, LabelLayout known) {
    if (spec.task() == Task.REGRESSION) {
      return;
    }
    for (String label : tally.trainLabels()) {
      if (!known.classes().contains(label)) {
        throw new LockstepException(
            "label '%s' is %s in some rows, which is none of the model's classes: %s"
                .formatted(spec.label(), label, String.join(", ", known.classes())),
            "Leave those rows out, or fit without the earlier model");
      }
    }
    labels(tally);
  }

  /**
   * Refuses rows that cannot be used.
   *
   * @param rows rows of the table with {@link PlacedRows#SPLIT}
   * @throws LockstepException naming the column of a value that cannot be used, in any split
   */
  private void refuse(Dataset<Row> rows) {
    List<RowRule> rules = RowRule.of(spec, rows.schema(), numeric);
    List<Column> found = new ArrayList<>();
    for (RowRule rule : rules) {
      found.add(count(when(rule.broken(), 1)));
      found.add(min(when(rule.broken(), rule.value())));
    }
    List<Row> splits =
        rows.groupBy(PlacedRows.split())
            .agg(count(lit(1)), found.toArray(Column[]::new))
            .orderBy(PlacedRows.split())
            .collectAsList();
    Map<Split, Long> counts = new EnumMap<>(Split.class);
    for (Row row : splits) {
      Split split = split(row.getString(0));
      counts.put(split, row.getLong(1));
      for (int i = 0; i < rules.size(); i++) {
        long broken = row.getLong(2 + 2 * i);
        if (broken > 0) {
          throw rules.get(i).refusal(split, broken, row.getString(3 + 2 * i));
        }
      }
    }
    for (Split split : Split.values()) {
      if (needed.contains(split) && !counts.containsKey(split)) {
        throw new LockstepException(
            "the %s split of %s has no rows".formatted(split.column(), spec.table()),
            "Check 'where' and 'split'; the table may be too small for these shares");
      }
    }
  }

  private Split split(String name) {
    Optional<Split> known = Split.named(name);
    if (known.isPresent()) {
      return known.get();
    }
    if (spec.split().time() != null) {
      throw new LockstepException(
          "split.time '%s' is missing in some rows".formatted(spec.split().time()),
          "Drop them with  where: " + spec.split().time() + " is not null");
    }
    throw new LockstepException(
        "column '%s' says '%s'".formatted(spec.split().column(), name),
        "split.column must say train, validation or test in every row");
  }
}
