package dev.lockstep.data.sql;

import static dev.lockstep.data.sql.Identifiers.quoted;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.isnan;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.unix_date;
import static org.apache.spark.sql.functions.when;

import dev.lockstep.data.Task;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.OptionalInt;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructType;

/**
 * What a column of a table is read as: a number, a text or a label. Whoever reads a column reads it
 * by one of these, so that all agree on what a value is and which values are missing.
 */
public final class ColumnValues {
  private static final LocalDateTime EPOCH = LocalDateTime.ofEpochSecond(0, 0, ZoneOffset.UTC);

  /** Microseconds in the range of a timestamp. */
  private static final DecimalType SECONDS = new DecimalType(20, 6);

  private static final int SECONDS_PER_DAY = 86_400;
  private static final BigDecimal MOST_EXACT = new BigDecimal(1L << 53);

  private ColumnValues() {}

  /** Whether a column of a type can be read as a number: numbers and times. */
  public static boolean isNumber(DataType type) {
    return type instanceof NumericType
        || type.equals(DataTypes.DateType)
        || type.equals(DataTypes.TimestampType)
        || type.equals(DataTypes.TimestampNTZType);
  }

  /**
   * How many of the units that {@link #number} counts a time in a day has: 1 for a date, which it
   * counts in days, 86,400 for a timestamp; empty for a type that is no time.
   */
  public static OptionalInt unitsPerDay(DataType type) {
    if (type.equals(DataTypes.DateType)) {
      return OptionalInt.of(1);
    }
    return isNumber(type) && !(type instanceof NumericType)
        ? OptionalInt.of(SECONDS_PER_DAY)
        : OptionalInt.empty();
  }

  /** Whether a column of a type is a category where nothing else is said: texts and booleans. */
  public static boolean isCategory(DataType type) {
    return type.equals(DataTypes.StringType) || type.equals(DataTypes.BooleanType);
  }

  /**
   * A column as a double: seconds since 1970 for a timestamp, days since 1970 for a date. A
   * timestamp without a zone counts as UTC, whatever the session's time zone is.
   */
  public static Column number(StructType schema, String name) {
    Column column = col(quoted(name));
    DataType type = schema.apply(name).dataType();
    if (type.equals(DataTypes.DateType)) {
      return unix_date(column).cast("double");
    }
    if (type.equals(DataTypes.TimestampNTZType)) {
      return column.minus(lit(EPOCH)).cast("interval second").cast(SECONDS).cast("double");
    }
    return column.cast("double");
  }

  /** A column as a text; -0.0 is the text of 0.0. */
  public static Column text(StructType schema, String name) {
    Column column = col(quoted(name));
    DataType type = schema.apply(name).dataType();
    if (!isReal(type)) {
      return column.cast("string");
    }
    Column zero = lit(0.0).cast(type);
    return when(column.equalTo(zero), zero).otherwise(column).cast("string");
  }

  /** The label of a classification, a text; null where it is missing, as NaN is. */
  public static Column classLabel(StructType schema, String name) {
    Column text = text(schema, name);
    return isReal(schema.apply(name).dataType()) ? when(not(isnan(col(quoted(name)))), text) : text;
  }

  /**
   * The label of a regression, a double; null where it is missing or no number. NaN, which is
   * missing too, stays NaN.
   */
  public static Column numberLabel(StructType schema, String name) {
    return isNumber(schema.apply(name).dataType())
        ? number(schema, name)
        : col(quoted(name)).try_cast("double");
  }

  /** Whether the label is missing: null or NaN. */
  public static Column isLabelMissing(StructType schema, String name, Task task) {
    return task == Task.REGRESSION
        ? col(quoted(name)).isNull().or(isnan(numberLabel(schema, name)))
        : classLabel(schema, name).isNull();
  }

  /** Whether a whole number and its neighbours are different doubles: up to 2^53. */
  public static boolean isExact(BigDecimal number) {
    return number.abs().compareTo(MOST_EXACT) <= 0;
  }

  /** Whether values of a type can be NaN or infinite. */
  public static boolean isReal(DataType type) {
    return type.equals(DataTypes.DoubleType) || type.equals(DataTypes.FloatType);
  }
}
