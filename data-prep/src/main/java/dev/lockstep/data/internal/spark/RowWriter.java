package dev.lockstep.data.internal.spark;

import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.codegen.UnsafeArrayWriter;
import org.apache.spark.sql.catalyst.expressions.codegen.UnsafeRowWriter;
import org.apache.spark.unsafe.types.UTF8String;

/** Writes rows, each over the one before. */
public final class RowWriter {
  private final UnsafeRowWriter row;
  private final UnsafeArrayWriter floats;
  private final UnsafeArrayWriter ints;

  /** A writer of rows of so many columns. */
  public RowWriter(int columns) {
    row = new UnsafeRowWriter(columns);
    floats = new UnsafeArrayWriter(row, Float.BYTES);
    ints = new UnsafeArrayWriter(row, Integer.BYTES);
  }

  /** Begins a row. */
  public void begin() {
    row.reset();
    row.zeroOutNullBytes();
  }

  /** Writes a text; null for none. */
  public void write(int column, UTF8String value) {
    if (value == null) {
      row.setNullAt(column);
    } else {
      row.write(column, value);
    }
  }

  /** Writes a whole number. */
  public void write(int column, long value) {
    row.write(column, value);
  }

  /** Writes a number. */
  public void write(int column, double value) {
    row.write(column, value);
  }

  /** Writes that there is no value. */
  public void writeNull(int column) {
    row.setNullAt(column);
  }

  /** Writes an array: of each of some columns the value of one row. */
  public void write(int column, float[][] columns, int at) {
    int from = row.cursor();
    floats.initialize(columns.length);
    for (int i = 0; i < columns.length; i++) {
      floats.write(i, columns[i][at]);
    }
    row.setOffsetAndSizeFromPreviousCursor(column, from);
  }

  /** As {@link #write(int, float[][], int)}. */
  public void write(int column, int[][] columns, int at) {
    int from = row.cursor();
    ints.initialize(columns.length);
    for (int i = 0; i < columns.length; i++) {
      ints.write(i, columns[i][at]);
    }
    row.setOffsetAndSizeFromPreviousCursor(column, from);
  }

  /** The row, until the next one begins. */
  public InternalRow row() {
    return row.getRow();
  }
}
