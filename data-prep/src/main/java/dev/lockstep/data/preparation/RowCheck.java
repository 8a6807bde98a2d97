package dev.lockstep.data.preparation;

import static dev.lockstep.data.sql.Identifiers.quoted;
import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.isnan;
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
import dev.lockstep.data.sql.ColumnValues;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/** Counts the rows of each split and refuses values that nothing can learn from. */
final class RowCheck {
  private static final int SPLIT = 0;
  private static final int ROWS = 1;
  private static final int UNLABELLED = 2;
  private static final int NO_NUMBER = 3;
  private static final int TOO_LARGE = 4;
  private static final int WEIGHTLESS = 5;
  private static final int FIRST_FEATURE = 6;

  private final DataSpec spec;
  private final List<String> numeric;

  /**
   * A check.
   *
   * @param numeric names of the numeric features
   */
  RowCheck(DataSpec spec, List<String> numeric) {
    this.spec = spec;
    this.numeric = List.copyOf(numeric);
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
    Map<String, Column> faults = new LinkedHashMap<>();
    Labels labels = new Labels(spec, rows.schema());
    faults.put("label missing", labels.missing());
    faults.put("label no finite number", labels.noNumber());
    faults.put("label beyond " + LabelLayout.MOST, labels.tooLarge());
    if (spec.weight() != null) {
      faults.put("weight not positive", not(isWeight()));
    }
    for (String name : numeric) {
      if (isReal(rows, name)) {
        Column value = col(quoted(name));
        faults.put("'%s' not finite".formatted(name), value.isNotNull().and(not(isFinite(value))));
      }
    }
    Column bad = faults.values().stream().reduce(Column::or).orElseThrow();
    List<Column> counts = new ArrayList<>(List.of(count(when(bad, 1))));
    faults.values().forEach(fault -> counts.add(count(when(fault, 1))));
    Row found = rows.agg(count(lit(1)), counts.toArray(Column[]::new)).head();
    if (found.getLong(1) == 0) {
      return rows;
    }
    List<String> reasons = new ArrayList<>();
    for (String fault : faults.keySet()) {
      long times = found.getLong(2 + reasons.size());
      reasons.add("%s in %,d".formatted(fault, times));
    }
    reasons.removeIf(reason -> reason.endsWith(" in 0"));
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
    if (tally.unlabelled() + tally.unsound() > 0 || !all || !isWhole(counts)) {
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

  private static boolean isWhole(Map<Split, Long> counts) {
    return counts.containsKey(Split.TRAIN) && counts.containsKey(Split.TEST);
  }

  /**
   * Refuses rows that cannot be used.
   *
   * @param rows rows of the table with {@link PlacedRows#SPLIT}
   * @throws LockstepException naming the column of a value that cannot be used, in any split
   */
  private void refuse(Dataset<Row> rows) {
    List<String> real = numeric.stream().filter(n -> isReal(rows, n)).toList();
    Labels labels = new Labels(spec, rows.schema());
    Column label = ColumnValues.text(rows.schema(), spec.label());
    List<Column> found = new ArrayList<>();
    found.add(count(when(labels.missing(), 1)));
    found.add(min(when(labels.noNumber(), label)));
    found.add(min(when(labels.tooLarge(), label)));
    found.add(count(when(not(isWeight()), 1)));
    real.forEach(n -> found.add(count(when(not(isFinite(col(quoted(n)))), 1))));
    List<Row> splits =
        rows.groupBy(PlacedRows.split())
            .agg(count(lit(1)), found.toArray(Column[]::new))
            .orderBy(PlacedRows.split())
            .collectAsList();
    Map<Split, Long> counts = new EnumMap<>(Split.class);
    for (Row row : splits) {
      Split split = split(row.getString(SPLIT));
      counts.put(split, row.getLong(ROWS));
      refuse(row, split, real);
    }
    for (Split needed : List.of(Split.TRAIN, Split.TEST)) {
      if (!counts.containsKey(needed)) {
        throw new LockstepException(
            "the %s split of %s has no rows".formatted(needed.column(), spec.table()),
            "Check 'where' and 'split'; the table may be too small for these shares");
      }
    }
  }

  private void refuse(Row row, Split split, List<String> real) {
    if (row.getLong(UNLABELLED) > 0) {
      throw new LockstepException(
          "label '%s' is missing in %d rows of the %s split"
              .formatted(spec.label(), row.getLong(UNLABELLED), split.column()),
          "Drop them with  onBadRow: drop, which counts them, or with 'where'");
    }
    if (!row.isNullAt(NO_NUMBER)) {
      throw new LockstepException(
          "label '%s' is to be a finite number, but a row of the %s split has '%s'"
              .formatted(spec.label(), split.column(), row.getString(NO_NUMBER)),
          "Set 'task' to binary or multiclass, drop such rows with 'where', or fix the table");
    }
    if (!row.isNullAt(TOO_LARGE)) {
      throw new LockstepException(
          "label '%s' has values as large as %s in the %s split: squares of labels beyond %s have no value"
              .formatted(spec.label(), row.getString(TOO_LARGE), split.column(), LabelLayout.MOST),
          "Write the label in a larger unit, dividing the column by a power of ten, or drop such rows with 'where'");
    }
    if (row.getLong(WEIGHTLESS) > 0) {
      throw new LockstepException(
          "weight '%s' is not a positive finite number in %d rows of the %s split"
              .formatted(spec.weight(), row.getLong(WEIGHTLESS), split.column()),
          "Drop those rows with 'where', or fix the table");
    }
    for (int i = 0; i < real.size(); i++) {
      long bad = row.getLong(FIRST_FEATURE + i);
      if (bad > 0) {
        throw new LockstepException(
            "column '%s' has values that are NaN or infinite, in %d rows of the %s split"
                .formatted(real.get(i), bad, split.column()),
            "Drop them with 'where', or make them null in the table");
      }
    }
  }

  private Column isWeight() {
    if (spec.weight() == null) {
      return lit(true);
    }
    Column weight = col(quoted(spec.weight())).cast("double");
    return weight.isNotNull().and(weight.gt(0)).and(isFinite(weight));
  }

  private static Column isFinite(Column number) {
    return not(isnan(number)).and(abs(number).lt(Double.POSITIVE_INFINITY));
  }

  private static boolean isReal(Dataset<Row> rows, String name) {
    return ColumnValues.isReal(rows.schema().apply(name).dataType());
  }

  /** What may be wrong with a label; a row has one of these faults at most. */
  private record Labels(DataSpec spec, StructType schema) {
    Column missing() {
      return ColumnValues.isLabelMissing(schema, spec.label(), spec.task());
    }

    Column noNumber() {
      Column number = ColumnValues.numberLabel(schema, spec.label());
      return ofRegression(number.isNull().or(not(isFinite(number))));
    }

    Column tooLarge() {
      Column number = ColumnValues.numberLabel(schema, spec.label());
      return ofRegression(isFinite(number).and(abs(number).gt(LabelLayout.MOST)));
    }

    private Column ofRegression(Column fault) {
      return spec.task() == Task.REGRESSION ? not(missing()).and(fault) : lit(false);
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
