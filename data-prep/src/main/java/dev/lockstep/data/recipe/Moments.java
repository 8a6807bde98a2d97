package dev.lockstep.data.recipe;

import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.unix_date;
import static org.apache.spark.sql.functions.unix_micros;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.sql.SqlExpression;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/** Dates and timestamps as one number, so that they compare the same in every time zone. */
final class Moments {
  private static final long MICROS_OF_A_DAY = 86_400_000_000L;

  private Moments() {}

  /** Microseconds since 1970 in UTC; a date is its first moment. */
  static Column micros(Dataset<Row> rows, String sql, String what) {
    Column moment = SqlExpression.of(rows, sql, what);
    DataType type = rows.select(moment.as("moment")).schema().apply(0).dataType();
    if (type.equals(DataTypes.DateType)) {
      return unix_date(moment).cast("long").multiply(lit(MICROS_OF_A_DAY));
    }
    if (type.equals(DataTypes.TimestampType) || type.equals(DataTypes.TimestampNTZType)) {
      return unix_micros(moment.cast(DataTypes.TimestampType));
    }
    throw new LockstepException(
        "%s is '%s', which is of type %s".formatted(what, sql, type.simpleString()),
        "Give a date or a timestamp, such as to_date(day) or timestamp_seconds(at)");
  }
}
