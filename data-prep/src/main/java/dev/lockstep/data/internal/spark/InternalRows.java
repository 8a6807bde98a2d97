package dev.lockstep.data.internal.spark;

import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.catalyst.InternalRow;

/** Catalyst's rows of a query, which are not turned into objects. */
public final class InternalRows {
  private InternalRows() {}

  /** The rows of a query; each may be overwritten by the next. */
  public static RDD<InternalRow> of(Dataset<?> query) {
    return query.queryExecution().toRdd();
  }

  /** A column that is an array of floats. */
  public static float[] floats(InternalRow row, int column) {
    return row.getArray(column).toFloatArray();
  }

  /** A column that is an array of whole numbers. */
  public static int[] ints(InternalRow row, int column) {
    return row.getArray(column).toIntArray();
  }
}
