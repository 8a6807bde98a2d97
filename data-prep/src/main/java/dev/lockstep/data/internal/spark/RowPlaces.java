package dev.lockstep.data.internal.spark;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.sql.execution.vectorized.OnHeapColumnVector;
import org.apache.spark.sql.execution.vectorized.WritableColumnVector;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Split and hash of a batch's rows. They are computed from all columns of a row; who reads the
 * batch again takes them from here.
 */
public final class RowPlaces implements Serializable {
  private static final long serialVersionUID = 1;

  /**
   * {@code [rows]}: the place of each row's split among the splits' words, negative if it is none.
   */
  private final byte[] splits;

  /** {@code [rows]}. */
  private final long[] hashes;

  /**
   * Places of rows, in arrays that are theirs from now on.
   *
   * @param splits {@code [rows]}: the place of each row's split among the splits' words
   * @param hashes {@code [rows]}
   */
  public RowPlaces(byte[] splits, long[] hashes) {
    this.splits = splits;
    this.hashes = hashes;
  }

  /**
   * Those of a batch.
   *
   * @param words the splits' words, at most 127
   * @param hash longs
   */
  public static RowPlaces of(StringColumn splits, List<UTF8String> words, ColumnVector hash) {
    byte[] known = new byte[splits.values().length];
    for (int code = 0; code < known.length; code++) {
      known[code] = (byte) words.indexOf(splits.values()[code]);
    }
    int rows = splits.codes().length;
    byte[] places = new byte[rows];
    for (int row = 0; row < rows; row++) {
      int code = splits.codes()[row];
      places[row] = code == StringColumn.MISSING ? -1 : known[code];
    }
    return new RowPlaces(places, hash.getLongs(0, rows));
  }

  /**
   * The batch with both columns.
   *
   * @param batch the same rows, with some column in the place of either
   * @param split the place of the split, a string
   * @param hash the place of the hash, a long
   * @param words the splits' words
   */
  public ColumnarBatch into(ColumnarBatch batch, int split, int hash, List<UTF8String> words) {
    int rows = batch.numRows();
    if (rows != hashes.length) {
      throw new IllegalStateException(
          "expected a batch of %d rows, as it was read first, got %d"
              .formatted(hashes.length, rows));
    }
    WritableColumnVector splitColumn = new OnHeapColumnVector(rows, DataTypes.StringType);
    splitColumn.setDictionary(new WordDictionary(words));
    WritableColumnVector places = splitColumn.reserveDictionaryIds(rows);
    for (int row = 0; row < rows; row++) {
      if (splits[row] < 0) {
        splitColumn.putNull(row);
      }
      places.putInt(row, splits[row]);
    }
    WritableColumnVector hashColumn = new OnHeapColumnVector(rows, DataTypes.LongType);
    hashColumn.putLongs(0, rows, hashes, 0);
    ColumnVector[] columns = new ColumnVector[batch.numCols()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = i == split ? splitColumn : i == hash ? hashColumn : batch.column(i);
    }
    return new ColumnarBatch(columns, rows);
  }
}
