package dev.lockstep.distributor.embedding;

import dev.lockstep.models.EmbeddingFile;
import dev.lockstep.models.EmbeddingLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * The rows of sharded tables that one rank owns: those that have been asked for in training. A row
 * is its values and its optimizer's state side by side, in blocks that grow one by one, found by
 * its id through a hash table.
 */
final class EmbeddingShard {
  private static final int BLOCK_BITS = 12;
  private static final int BLOCK_ROWS = 1 << BLOCK_BITS;

  /** The hash table is at most so full. */
  private static final double LOAD = 0.6;

  private final EmbeddingLayout layout;
  private final int width;
  private final int stride;
  private final List<float[]> blocks = new ArrayList<>();
  private long[] ids = new long[BLOCK_ROWS];
  private int[] slots = new int[2 * BLOCK_ROWS];
  private int rows;

  /** The values, without state, of the rows that there were when they were kept. */
  private final List<float[]> kept = new ArrayList<>();

  private int keptRows;

  /**
   * No rows yet.
   *
   * @param state number of values of state that a row needs
   */
  EmbeddingShard(EmbeddingLayout layout, int state) {
    this.layout = layout;
    this.width = layout.width();
    this.stride = width + state;
    Arrays.fill(slots, -1);
  }

  /** Number of rows. */
  int rows() {
    return rows;
  }

  /** Number of values of a row with its state. */
  int stride() {
    return stride;
  }

  /** The block that has a row. */
  float[] block(int row) {
    return blocks.get(row >>> BLOCK_BITS);
  }

  /** Where a row begins in its block. */
  int at(int row) {
    return (row & (BLOCK_ROWS - 1)) * stride;
  }

  /** The row of an id; -1 if there is none. */
  private int find(long id) {
    return slots[slot(id)];
  }

  private int slot(long id) {
    int mask = slots.length - 1;
    int at = EmbeddingLayout.hash(id) & mask;
    while (slots[at] >= 0 && ids[slots[at]] != id) {
      at = (at + 1) & mask;
    }
    return at;
  }

  /** The row of an id, which begins with its initial values and a state of zeros if it is new. */
  int findOrAdd(long id) {
    int at = slot(id);
    if (slots[at] < 0) {
      int row = append(id);
      at = slot(id); // The table may have grown.
      slots[at] = row;
      layout.initial(id, block(row), at(row));
      Arrays.fill(block(row), at(row) + width, at(row) + stride, 0);
    }
    return slots[at];
  }

  private int append(long id) {
    if (rows == blocks.size() << BLOCK_BITS) {
      blocks.add(new float[BLOCK_ROWS * stride]);
    }
    if (rows == ids.length) {
      ids = Arrays.copyOf(ids, Math.addExact(rows, Math.max(BLOCK_ROWS, rows >>> 1)));
    }
    if (rows > LOAD * slots.length) {
      grow();
    }
    ids[rows] = id;
    return rows++;
  }

  private void grow() {
    slots = new int[Math.multiplyExact(slots.length, 2)];
    Arrays.fill(slots, -1);
    for (int row = 0; row < rows; row++) {
      slots[slot(ids[row])] = row;
    }
  }

  /** Copies the values of an id: of its row, or those that it would begin with. */
  void values(long id, float[] target, int at) {
    int row = find(id);
    if (row < 0) {
      layout.initial(id, target, at);
    } else {
      System.arraycopy(block(row), at(row), target, at, width);
    }
  }

  /** Keeps a copy of all values as they are now. */
  void keep() {
    keptRows = rows;
    while (kept.size() < blocks.size()) {
      kept.add(new float[BLOCK_ROWS * width]);
    }
    for (int row = 0; row < rows; row++) {
      System.arraycopy(block(row), at(row), keptBlock(row), keptAt(row), width);
    }
  }

  /** Number of rows of each lane. */
  int[] counts() {
    int[] counts = new int[EmbeddingLayout.LANES];
    for (int row = 0; row < rows; row++) {
      counts[EmbeddingLayout.lane(ids[row])]++;
    }
    return counts;
  }

  /** The rows of some lanes, with so many of their values: with their state, or without. */
  EmbeddingFile.Rows rows(int fromLane, int toLane, int values) {
    return rowsOf(
        fromLane,
        toLane,
        rows,
        (row, target, at) -> System.arraycopy(block(row), at(row), target, at, values));
  }

  /** The rows of some lanes as they were kept. */
  EmbeddingFile.Rows keptRows(int fromLane, int toLane) {
    return rowsOf(
        fromLane,
        toLane,
        keptRows,
        (row, target, at) -> System.arraycopy(keptBlock(row), keptAt(row), target, at, width));
  }

  /** Copies something of a row. */
  private interface Copy {
    void of(int row, float[] target, int at);
  }

  private EmbeddingFile.Rows rowsOf(int fromLane, int toLane, int most, Copy copy) {
    long[] sorted =
        Arrays.stream(ids, 0, most)
            .filter(id -> EmbeddingLayout.lane(id) >= fromLane)
            .filter(id -> EmbeddingLayout.lane(id) < toLane)
            .toArray();
    Arrays.sort(sorted);
    return new EmbeddingFile.Rows() {
      @Override
      public int count() {
        return sorted.length;
      }

      @Override
      public long id(int row) {
        return sorted[row];
      }

      @Override
      public void copy(int row, float[] values, int at) {
        copy.of(find(sorted[row]), values, at);
      }
    };
  }

  /**
   * Takes rows with their state, of which there are none yet.
   *
   * @param states files with such rows, and with those of other shards
   * @param keptValues files with kept values of some of these rows, likewise; empty where nothing
   *     was kept
   * @param own whether this shard owns a lane
   */
  void restore(List<EmbeddingFile> states, List<EmbeddingFile> keptValues, IntPredicate own) {
    // What was kept are the first rows.
    for (EmbeddingFile file : keptValues) {
      for (int i = 0; i < file.rows(); i++) {
        if (own.test(EmbeddingLayout.lane(file.id(i)))) {
          int row = append(file.id(i));
          slots[slot(file.id(i))] = row;
        }
      }
    }
    keep();
    for (EmbeddingFile file : keptValues) {
      for (int i = 0; i < file.rows(); i++) {
        int row = find(file.id(i));
        if (row >= 0) {
          file.copy(i, keptBlock(row), keptAt(row));
        }
      }
    }
    for (EmbeddingFile file : states) {
      for (int i = 0; i < file.rows(); i++) {
        if (own.test(EmbeddingLayout.lane(file.id(i)))) {
          int row = findOrAdd(file.id(i));
          file.copy(i, block(row), at(row));
        }
      }
    }
  }

  private float[] keptBlock(int row) {
    return kept.get(row >>> BLOCK_BITS);
  }

  private int keptAt(int row) {
    return (row & (BLOCK_ROWS - 1)) * width;
  }
}
