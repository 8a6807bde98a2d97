package dev.lockstep.data.split;

import static dev.lockstep.data.sql.Identifiers.quoted;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.when;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.spec.SplitSpec;
import dev.lockstep.data.sql.ColumnValues;
import dev.lockstep.data.sql.HashableColumns;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleFunction;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;

/**
 * Says which split each row of a table is in.
 *
 * @param spec how
 * @param key the columns that name a row; none where each row stands alone
 * @param all the columns that tell rows apart where there is no key
 * @param label the label's column
 */
public record Splitting(SplitSpec spec, List<String> key, List<String> all, String label) {
  /**
   * Shares of a class are met to so much of it. Few steps keep rows where they are as a table
   * grows: a border moves only by whole steps.
   */
  private static final int STEPS = 1 << 12;

  private static final int MOST_CLASSES = 1000;

  /** Copies the lists. */
  public Splitting {
    key = List.copyOf(key);
    all = List.copyOf(all);
  }

  /**
   * The split of each row, as a column of the table.
   *
   * @throws LockstepException if a border is no value of the column of times, or the label has too
   *     many classes to be stratified by
   */
  public Column of(Dataset<Row> table) {
    if (spec.column() != null) {
      return col(quoted(spec.column())).cast("string");
    }
    if (spec.time() != null) {
      return byTime(table);
    }
    Column unit =
        spec.unit(
            key.isEmpty()
                ? Stream.of(HashableColumns.rowHash(all))
                : key.stream().map(k -> col(quoted(k))));
    return spec.stratify() ? stratified(table, unit) : split(unit, functions::lit);
  }

  /**
   * The split of each row.
   *
   * @param unit a number in {@code [0, 1)} for each row
   * @param border the unit below which a share of the rows lies
   */
  private Column split(Column unit, DoubleFunction<Column> border) {
    double test = spec.testEnd();
    return when(within(unit, spec.testStart(), test, border), Split.TEST.column())
        .when(within(unit, test, test + spec.validation(), border), Split.VALIDATION.column())
        .otherwise(Split.TRAIN.column());
  }

  /** Whether units are in a part of the table, which goes on at its beginning where it ends. */
  private static Column within(Column unit, double from, double to, DoubleFunction<Column> border) {
    if (from == 0) {
      return unit.lt(border.apply(to));
    }
    Column after = unit.geq(border.apply(from));
    return to <= 1 ? after.and(unit.lt(border.apply(to))) : after.or(unit.lt(border.apply(to - 1)));
  }

  private Column byTime(Dataset<Row> table) {
    DataType type = table.schema().apply(spec.time()).dataType();
    Column time = ofKey(col(quoted(spec.time())));
    Column late = when(time.geq(border(spec.testFrom(), "testFrom", type)), Split.TEST.column());
    Column later =
        spec.validationFrom() == null
            ? late
            : late.when(
                time.geq(border(spec.validationFrom(), "validationFrom", type)),
                Split.VALIDATION.column());
    // A row without a time stays without a split, which is refused where the rows are counted.
    return later.when(time.isNotNull(), Split.TRAIN.column());
  }

  /** The greatest value among the rows of a key. */
  private Column ofKey(Column value) {
    return key.isEmpty()
        ? value
        : max(value)
            .over(Window.partitionBy(key.stream().map(k -> col(quoted(k))).toArray(Column[]::new)));
  }

  private Column border(String text, String option, DataType type) {
    try {
      if (type.equals(DataTypes.DateType)) {
        return lit(java.sql.Date.valueOf(LocalDate.parse(text)));
      }
      if (type.equals(DataTypes.TimestampType)) {
        return lit(java.sql.Timestamp.from(OffsetDateTime.parse(text).toInstant()));
      }
      if (type.equals(DataTypes.TimestampNTZType)) {
        return lit(LocalDateTime.parse(text));
      }
      if (type instanceof NumericType) {
        return lit(new java.math.BigDecimal(text));
      }
    } catch (DateTimeException | NumberFormatException e) {
      throw new LockstepException(
          "split.%s is '%s', but '%s' is a column of type %s"
              .formatted(option, text, spec.time(), type.simpleString()),
          "Write a date as 2026-01-31, a moment as 2026-01-31T12:00:00Z, with its zone, or as 2026-01-31T12:00:00 where the column has none",
          e);
    }
    throw new LockstepException(
        "split.time '%s' is a column of type %s".formatted(spec.time(), type.simpleString()),
        "Choose a date, a timestamp or a number");
  }

  /** The borders of each class such that its rows have the shares, in steps of the hash. */
  private Column stratified(Dataset<Row> table, Column unit) {
    Column label = ofKey(ColumnValues.classLabel(table.schema(), label()));
    List<Row> counts =
        table
            .select(label.as("label"), floor(unit.multiply(lit(STEPS))).as("step"))
            .groupBy("label", "step")
            .agg(count(lit(1)))
            .orderBy("label", "step")
            .limit(MOST_CLASSES * STEPS)
            .collectAsList();
    Map<String, TreeMap<Long, Long>> classes = new TreeMap<>();
    for (Row row : counts) {
      if (!row.isNullAt(0)) {
        classes
            .computeIfAbsent(row.getString(0), c -> new TreeMap<>())
            .put(row.getLong(1), row.getLong(2));
      }
    }
    if (classes.size() > MOST_CLASSES || classes.isEmpty()) {
      throw new LockstepException(
          "label '%s' has %d values to stratify by".formatted(label(), classes.size()),
          "Leave out split.stratify");
    }
    return split(
        unit,
        share -> {
          Column border = lit(null).cast("double");
          for (Map.Entry<String, TreeMap<Long, Long>> one : classes.entrySet()) {
            border =
                when(label.equalTo(one.getKey()), border(one.getValue(), share)).otherwise(border);
          }
          return border;
        });
  }

  /** The step below which a share of the rows lies, as nearly as steps allow. */
  private static double border(TreeMap<Long, Long> steps, double share) {
    long rows = steps.values().stream().mapToLong(n -> n).sum();
    long below = 0;
    for (Map.Entry<Long, Long> step : steps.entrySet()) {
      if (below + step.getValue() / 2.0 > share * rows) {
        return (double) step.getKey() / STEPS;
      }
      below += step.getValue();
    }
    return 1;
  }
}
