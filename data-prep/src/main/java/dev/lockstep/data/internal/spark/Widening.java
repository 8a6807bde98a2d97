package dev.lockstep.data.internal.spark;

import java.util.Set;
import java.util.function.IntToDoubleFunction;
import org.apache.spark.sql.execution.vectorized.WritableColumnVector;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.vectorized.ColumnVector;

/** Numbers as doubles, as Spark's cast has them. */
final class Widening {
  private static final Set<DataType> TYPES =
      Set.of(
          DataTypes.ByteType,
          DataTypes.ShortType,
          DataTypes.IntegerType,
          DataTypes.LongType,
          DataTypes.FloatType);

  private Widening() {}

  static boolean isOf(DataType type) {
    return TYPES.contains(type);
  }

  /** Overwrites {@code to}, which must have room. */
  static void widen(ColumnVector from, int rows, WritableColumnVector to) {
    to.reset();
    IntToDoubleFunction value = value(from);
    for (int i = 0; i < rows; i++) {
      if (from.isNullAt(i)) {
        to.putNull(i);
      } else {
        to.putDouble(i, value.applyAsDouble(i));
      }
    }
  }

  private static IntToDoubleFunction value(ColumnVector from) {
    DataType type = from.dataType();
    if (type.equals(DataTypes.LongType)) {
      return row -> (double) from.getLong(row);
    }
    if (type.equals(DataTypes.IntegerType)) {
      return from::getInt;
    }
    if (type.equals(DataTypes.FloatType)) {
      return from::getFloat;
    }
    return type.equals(DataTypes.ShortType) ? from::getShort : from::getByte;
  }
}
