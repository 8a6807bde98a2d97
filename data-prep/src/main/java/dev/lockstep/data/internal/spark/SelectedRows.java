package dev.lockstep.data.internal.spark;

import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarArray;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.apache.spark.sql.vectorized.ColumnarMap;
import org.apache.spark.unsafe.types.UTF8String;

/** Some rows of a column. */
public final class SelectedRows extends ColumnVector {
  private final ColumnVector all;
  private final int[] rows;

  private SelectedRows(ColumnVector all, int[] rows) {
    super(all.dataType());
    this.all = all;
    this.rows = rows;
  }

  /**
   * A view of some rows of a batch, which stays its owner's; the batch itself where all are wanted.
   *
   * @param wanted says of a row's place whether it is one of them
   */
  public static ColumnarBatch of(ColumnarBatch batch, IntPredicate wanted) {
    int[] rows = IntStream.range(0, batch.numRows()).filter(wanted).toArray();
    if (rows.length == batch.numRows()) {
      return batch;
    }
    ColumnVector[] columns = new ColumnVector[batch.numCols()];
    Arrays.setAll(columns, i -> new SelectedRows(batch.column(i), rows));
    return new ColumnarBatch(columns, rows.length);
  }

  /** The first words, of whose column those that many rows have are looked up once. */
  StringColumn words(int size) {
    StringColumn words = StringColumn.of(all, size == 0 ? 0 : rows[size - 1] + 1);
    int[] codes = new int[size];
    Arrays.setAll(codes, row -> words.codes()[rows[row]]);
    return new StringColumn(codes, words.values());
  }

  @Override
  public void close() {}

  @Override
  public boolean hasNull() {
    return all.hasNull();
  }

  @Override
  public int numNulls() {
    int nulls = 0;
    for (int row : rows) {
      nulls += all.isNullAt(row) ? 1 : 0;
    }
    return nulls;
  }

  @Override
  public boolean isNullAt(int row) {
    return all.isNullAt(rows[row]);
  }

  @Override
  public boolean getBoolean(int row) {
    return all.getBoolean(rows[row]);
  }

  @Override
  public byte getByte(int row) {
    return all.getByte(rows[row]);
  }

  @Override
  public short getShort(int row) {
    return all.getShort(rows[row]);
  }

  @Override
  public int getInt(int row) {
    return all.getInt(rows[row]);
  }

  @Override
  public long getLong(int row) {
    return all.getLong(rows[row]);
  }

  @Override
  public float getFloat(int row) {
    return all.getFloat(rows[row]);
  }

  @Override
  public double getDouble(int row) {
    return all.getDouble(rows[row]);
  }

  @Override
  public double[] getDoubles(int from, int count) {
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = all.getDouble(rows[from + i]);
    }
    return values;
  }

  @Override
  public ColumnarArray getArray(int row) {
    return all.getArray(rows[row]);
  }

  @Override
  public ColumnarMap getMap(int row) {
    return all.getMap(rows[row]);
  }

  @Override
  public Decimal getDecimal(int row, int precision, int scale) {
    return all.getDecimal(rows[row], precision, scale);
  }

  @Override
  public UTF8String getUTF8String(int row) {
    return all.getUTF8String(rows[row]);
  }

  @Override
  public byte[] getBinary(int row) {
    return all.getBinary(rows[row]);
  }

  /** Fields of structures and intervals are columns as long as their owner. */
  @Override
  public ColumnVector getChild(int ordinal) {
    return new SelectedRows(all.getChild(ordinal), rows);
  }
}
