package dev.lockstep.data.columnar;

import java.util.Set;
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
    DataType type = from.dataType();
    if (type.equals(DataTypes.IntegerType)) {
      int[] values = from.getInts(0, rows);
      for (int i = 0; i < rows; i++) {
        to.putDouble(i, values[i]);
      }
    } else if (type.equals(DataTypes.LongType)) {
      long[] values = from.getLongs(0, rows);
      for (int i = 0; i < rows; i++) {
        to.putDouble(i, (double) values[i]);
      }
    } else if (type.equals(DataTypes.FloatType)) {
      float[] values = from.getFloats(0, rows);
      for (int i = 0; i < rows; i++) {
        to.putDouble(i, values[i]);
      }
    } else if (type.equals(DataTypes.ShortType)) {
      short[] values = from.getShorts(0, rows);
      for (int i = 0; i < rows; i++) {
        to.putDouble(i, values[i]);
      }
    } else {
      byte[] values = from.getBytes(0, rows);
      for (int i = 0; i < rows; i++) {
        to.putDouble(i, values[i]);
      }
    }
    if (from.hasNull()) {
      for (int i = 0; i < rows; i++) {
        if (from.isNullAt(i)) {
          to.putNull(i);
        }
      }
    }
  }
}
