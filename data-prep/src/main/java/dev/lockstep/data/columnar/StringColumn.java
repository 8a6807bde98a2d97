package dev.lockstep.data.columnar;

import java.util.Arrays;
import org.apache.spark.sql.execution.vectorized.WritableColumnVector;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * A column of strings, each with a number; where the file has a dictionary, a word that many rows
 * have is made and looked up once, elsewhere one that rows have which follow each other.
 *
 * @param codes the place of each row's word, {@link #MISSING} where there is none, [rows]
 * @param values the words, valid as long as the batch is
 */
@SuppressWarnings("ArrayRecordComponent") // A view of a column; never compared.
public record StringColumn(int[] codes, UTF8String[] values) {
  /** Code of a missing word. */
  public static final int MISSING = -1;

  private static final int NEW = -2;

  /** The first words of a column. */
  public static StringColumn of(ColumnVector column, int rows) {
    if (column instanceof SelectedRows selected) {
      return selected.words(rows);
    }
    int[] codes = new int[rows];
    UTF8String[] values = new UTF8String[rows];
    int size = 0;
    WritableColumnVector ids =
        column instanceof WritableColumnVector whole && whole.hasDictionary()
            ? whole.getDictionaryIds()
            : null;
    int[] known = new int[0];
    for (int row = 0; row < rows; row++) {
      if (column.isNullAt(row)) {
        codes[row] = MISSING;
      } else if (ids == null) {
        UTF8String word = column.getUTF8String(row);
        if (size == 0 || !word.equals(values[size - 1])) {
          values[size++] = word;
        }
        codes[row] = size - 1;
      } else {
        int id = ids.getDictId(row);
        if (id >= known.length) {
          int from = known.length;
          known = Arrays.copyOf(known, Math.max(2 * from, id + 1));
          Arrays.fill(known, from, known.length, NEW);
        }
        if (known[id] == NEW) {
          known[id] = size;
          values[size++] = column.getUTF8String(row);
        }
        codes[row] = known[id];
      }
    }
    return new StringColumn(codes, Arrays.copyOf(values, size));
  }

  /** The word of a row; null where it is missing. */
  public UTF8String get(int row) {
    return codes[row] == MISSING ? null : values[codes[row]];
  }
}
