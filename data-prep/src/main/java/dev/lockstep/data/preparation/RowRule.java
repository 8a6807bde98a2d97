package dev.lockstep.data.preparation;

import static dev.lockstep.data.sql.Identifiers.quoted;
import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.isnan;
import static org.apache.spark.sql.functions.not;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Task;
import dev.lockstep.data.features.LabelLayout;
import dev.lockstep.data.spec.DataSpec;
import dev.lockstep.data.split.Split;
import dev.lockstep.data.sql.ColumnValues;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.StructType;

/**
 * One thing that makes a row unusable; the same for rows that are dropped and for rows that are
 * refused.
 *
 * @param fault what is wrong, in a few words
 * @param broken whether a row has the fault; null counts as no
 * @param value the value at fault, as text
 * @param problem what is wrong, with {@code {rows}}, {@code {split}} and {@code {value}} where
 *     those belong
 * @param remedy what a person can do about it
 */
record RowRule(String fault, Column broken, Column value, String problem, String remedy) {
  /**
   * All rules for a table's rows; of those of the label a row breaks one at most.
   *
   * @param numeric names of the numeric features
   */
  static List<RowRule> of(DataSpec spec, StructType schema, List<String> numeric) {
    List<RowRule> rules = new ArrayList<>(labelRules(spec, schema));
    if (spec.weight() != null) {
      Column weight = col(quoted(spec.weight())).cast("double");
      rules.add(
          new RowRule(
              "weight not positive",
              not(weight.isNotNull().and(weight.gt(0)).and(isFinite(weight))),
              weight.cast("string"),
              "weight '%s' is not a positive finite number in {rows} rows of the {split} split"
                  .formatted(spec.weight()),
              "Drop those rows with 'where', or fix the table"));
    }
    for (String name : numeric) {
      if (ColumnValues.isReal(schema.apply(name).dataType())) {
        Column number = col(quoted(name));
        rules.add(
            new RowRule(
                "'%s' not finite".formatted(name),
                number.isNotNull().and(not(isFinite(number))),
                number.cast("string"),
                "column '%s' has values that are NaN or infinite, in {rows} rows of the {split} split"
                    .formatted(name),
                "Drop them with 'where', or make them null in the table"));
      }
    }
    return rules;
  }

  private static List<RowRule> labelRules(DataSpec spec, StructType schema) {
    String label = "label '" + spec.label() + "' ";
    Column text = ColumnValues.text(schema, spec.label());
    Column missing = ColumnValues.isLabelMissing(schema, spec.label(), spec.task());
    List<RowRule> rules = new ArrayList<>();
    rules.add(
        new RowRule(
            "label missing",
            missing,
            text,
            label + "is missing in {rows} rows of the {split} split",
            "Drop them with  onBadRow: drop, which counts them, or with 'where'"));
    if (spec.task() == Task.REGRESSION) {
      Column number = ColumnValues.numberLabel(schema, spec.label());
      rules.add(
          new RowRule(
              "label no finite number",
              not(missing).and(number.isNull().or(not(isFinite(number)))),
              text,
              label + "is to be a finite number, but a row of the {split} split has '{value}'",
              "Set 'task' to binary or multiclass, drop such rows with 'where', or fix the table"));
      rules.add(
          new RowRule(
              "label beyond " + LabelLayout.MOST,
              not(missing).and(isFinite(number)).and(abs(number).gt(LabelLayout.MOST)),
              text,
              label
                  + "has values as large as {value} in the {split} split: squares of labels beyond "
                  + LabelLayout.MOST
                  + " have no value",
              "Write the label in a larger unit, dividing the column by a power of ten, or drop such rows with 'where'"));
    }
    return rules;
  }

  private static Column isFinite(Column number) {
    return not(isnan(number)).and(abs(number).lt(Double.POSITIVE_INFINITY));
  }

  /** The rule as an error: so many rows of a split break it, one of them with a value. */
  LockstepException refusal(Split split, long rows, String example) {
    return new LockstepException(
        problem
            .replace("{rows}", String.valueOf(rows))
            .replace("{split}", split.column())
            .replace("{value}", String.valueOf(example)),
        remedy);
  }
}
