package dev.lockstep.data.internal.spark;

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

  /** Room for so many words at first. */
  private static final int FEW = 16;

  /** The first words of a column. */
  public static StringColumn of(ColumnVector column, int rows) {
    if (column instanceof SelectedRows selected) {
      return selected.words(rows);
    }
    boolean coded = column instanceof WritableColumnVector whole && whole.hasDictionary();
    int[] codes =
        coded ? ((WritableColumnVector) column).getDictionaryIds().getInts(0, rows) : new int[rows];
    boolean nulls = column.hasNull();
    UTF8String[] values = new UTF8String[FEW];
    int size = 0;
    int[] known = new int[0];
    for (int row = 0; row < rows; row++) {
      if (nulls && column.isNullAt(row)) {
        codes[row] = MISSING;
      } else if (!coded) {
        UTF8String word = column.getUTF8String(row);
        if (size == 0 || !word.equals(values[size - 1])) {
          values = with(values, size++, word);
        }
        codes[row] = size - 1;
      } else {
        int id = codes[row];
        if (id >= known.length) {
          int from = known.length;
          known = Arrays.copyOf(known, Math.max(2 * from, id + 1));
          Arrays.fill(known, from, known.length, NEW);
        }
        if (known[id] == NEW) {
          known[id] = size;
          values = with(values, size++, column.getUTF8String(row));
        }
        codes[row] = known[id];
      }
    }
    return new StringColumn(codes, Arrays.copyOf(values, size));
  }

  /** An array, grown where it is full, with one more word. */
  private static UTF8String[] with(UTF8String[] words, int size, UTF8String word) {
    UTF8String[] all = size < words.length ? words : Arrays.copyOf(words, 2 * size);
    all[size] = word;
    return all;
  }

  /** The word of a row; null where it is missing. */
  public UTF8String get(int row) {
    return codes[row] == MISSING ? null : values[codes[row]];
  }
}
