package dev.lockstep.data.internal.spark;

import java.util.Arrays;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.types.UserDefinedType;
import org.apache.spark.unsafe.types.UTF8String;

/** Spark ML's vectors, and arrays of numbers, as Catalyst's rows have them. */
public final class VectorRows {
  /** Columns of a vector's row: its kind, and size and indices of a sparse one, and its values. */
  private static final int COLUMNS = 4;

  private static final int SIZE = 1;
  private static final int INDICES = 2;
  private static final int VALUES = 3;
  private static final byte SPARSE = 0;

  private VectorRows() {}

  /** A row of values of any kind that Catalyst knows. */
  public static InternalRow row(Object... values) {
    return new GenericInternalRow(values);
  }

  /** Numbers as a value of a column of type {@code array<double>}. */
  public static Object array(double[] values) {
    return UnsafeArrayData.fromPrimitiveArray(values);
  }

  /** A whole number as the text that Spark makes of it. */
  public static UTF8String text(int number) {
    return UTF8String.fromString(String.valueOf(number));
  }

  /** A vector as a value of a row. */
  @SuppressWarnings("unchecked") // As SQLDataTypes says.
  public static Object of(Vector vector) {
    return ((UserDefinedType<Vector>) SQLDataTypes.VectorType()).serialize(vector);
  }

  /** A dense vector as a value of a row. */
  public static Object of(double[] values) {
    return of(Vectors.dense(values));
  }

  /**
   * Reads a vector.
   *
   * @param row a row with the vector in a column, not null
   * @param into the entries; what is beyond its length is left out
   * @return number of entries of the vector
   */
  public static int read(InternalRow row, int column, double[] into) {
    InternalRow vector = row.getStruct(column, COLUMNS);
    ArrayData values = vector.getArray(VALUES);
    if (vector.getByte(0) != SPARSE) {
      int size = values.numElements();
      for (int i = 0; i < Math.min(size, into.length); i++) {
        into[i] = values.getDouble(i);
      }
      return size;
    }
    ArrayData indices = vector.getArray(INDICES);
    Arrays.fill(into, 0);
    for (int i = 0; i < indices.numElements(); i++) {
      if (indices.getInt(i) < into.length) {
        into[indices.getInt(i)] = values.getDouble(i);
      }
    }
    return vector.getInt(SIZE);
  }
}
