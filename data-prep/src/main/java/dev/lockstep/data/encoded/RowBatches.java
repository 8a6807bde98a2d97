package dev.lockstep.data.encoded;

import dev.lockstep.data.internal.spark.InternalRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.unsafe.types.UTF8String;

/** Rows with the columns of {@link EncodedRows}, in batches. */
final class RowBatches implements Iterator<EncodedBatch> {
  private static final int ROWS = 512;

  private final Iterator<InternalRow> rows;

  RowBatches(Iterator<InternalRow> rows) {
    this.rows = rows;
  }

  @Override
  public boolean hasNext() {
    return rows.hasNext();
  }

  @Override
  public EncodedBatch next() {
    if (!rows.hasNext()) {
      throw new NoSuchElementException();
    }
    UTF8String[] splits = new UTF8String[ROWS];
    long[] hashes = new long[ROWS];
    double[] labels = new double[ROWS];
    double[] weights = new double[ROWS];
    List<float[]> numbers = new ArrayList<>();
    List<int[]> words = new ArrayList<>();
    int size = 0;
    while (size < ROWS && rows.hasNext()) {
      InternalRow row = rows.next();
      splits[size] = row.isNullAt(0) ? null : row.getUTF8String(0).copy();
      hashes[size] = row.getLong(1);
      labels[size] = row.isNullAt(2) ? Double.NaN : row.getDouble(2);
      weights[size] = row.getDouble(3);
      numbers.add(InternalRows.floats(row, 4));
      words.add(InternalRows.ints(row, 5));
      size++;
    }
    float[][] numeric = new float[numbers.get(0).length][size];
    int[][] categorical = new int[words.get(0).length][size];
    for (int row = 0; row < size; row++) {
      float[] x = numbers.get(row);
      int[] c = words.get(row);
      if (x.length != numeric.length || c.length != categorical.length) {
        throw new IllegalStateException(
            "expected %d numeric and %d categorical values, got %d and %d"
                .formatted(numeric.length, categorical.length, x.length, c.length));
      }
      for (int i = 0; i < numeric.length; i++) {
        numeric[i][row] = x[i];
      }
      for (int i = 0; i < categorical.length; i++) {
        categorical[i][row] = c[i];
      }
    }
    return new EncodedBatch(
        size,
        Arrays.copyOf(splits, size),
        Arrays.copyOf(hashes, size),
        Arrays.copyOf(labels, size),
        Arrays.copyOf(weights, size),
        numeric,
        categorical);
  }
}
