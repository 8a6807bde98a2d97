package dev.lockstep.distributor.rows;

import dev.lockstep.data.Ascending;
import dev.lockstep.data.encoded.RowOrder;
import dev.lockstep.data.lanes.LaneRow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * Sorts rows by their {@link RowOrder} and, where two agree, by their bytes as unsigned numbers.
 * The rows stay where they are: runs of numbers of rows are sorted in memory, written to a file and
 * merged, each read from front to back.
 */
final class RowSort implements AutoCloseable {
  /** A row's number in its run takes so many bits. */
  private static final int BITS = 20;

  /** Number of rows in a run. */
  private static final int RUN = 1 << BITS;

  /** The bits of a row's order that its key has, in the others is its number in the run. */
  private static final long ORDER = -1L << BITS;

  private final MappedRows rows;
  private final MappedRows runs;

  private RowSort(MappedRows rows, Path directory) throws IOException {
    this.rows = rows;
    runs = new MappedRows(directory, Long.BYTES);
  }

  /**
   * Sorts rows.
   *
   * @param rows the rows
   * @param directory local directory for a file, which is gone when this returns
   * @param places gets the number of the least row, of the next and so on, a long for each
   * @throws IOException if the disk is full or fails
   */
  static void sort(MappedRows rows, Path directory, MappedRows places) throws IOException {
    try (RowSort sort = new RowSort(rows, directory)) {
      sort.run(places);
    }
  }

  private void run(MappedRows places) throws IOException {
    for (long first = 0; first < rows.rows(); first += RUN) {
      for (long key : sorted(first, (int) Math.min(RUN, rows.rows() - first))) {
        runs.append().putLong(key);
      }
    }
    runs.seal();
    PriorityQueue<Run> left = new PriorityQueue<>();
    for (long first = 0; first < rows.rows(); first += RUN) {
      left.add(new Run(first));
    }
    for (Run least = left.poll(); least != null; least = left.poll()) {
      places.append().putLong(least.row());
      if (least.advance()) {
        left.add(least);
      }
    }
  }

  /** The keys of a run, in the order of its rows. */
  private long[] sorted(long first, int size) {
    long[] keys = new long[size];
    Arrays.setAll(keys, i -> order(first + i) & ORDER | i);
    // The number within the run is no part of what is sorted by: keys come in its order.
    long[] sorted = Ascending.sorted(keys, BITS / Byte.SIZE);
    settle(sorted, first);
    return sorted;
  }

  /** Sorts keys whose rows only the rest of their order tells apart, or their bytes. */
  private void settle(long[] keys, long first) {
    Comparator<Long> byRow =
        (one, other) -> compare(first + (one & ~ORDER), first + (other & ~ORDER));
    int end;
    for (int begin = 0; begin < keys.length; begin = end) {
      end = begin + 1;
      while (end < keys.length && (keys[begin] & ORDER) == (keys[end] & ORDER)) {
        end++;
      }
      if (end - begin > 1) {
        long[] same =
            Arrays.stream(keys, begin, end).boxed().sorted(byRow).mapToLong(key -> key).toArray();
        System.arraycopy(same, 0, keys, begin, same.length);
      }
    }
  }

  private int compare(long one, long other) {
    int byOrder = Long.compare(order(one), order(other));
    return byOrder != 0 ? byOrder : rows.compare(one, other);
  }

  private long order(long row) {
    return rows.segment(row).getLong(rows.offset(row) + LaneRow.ORDER);
  }

  @Override
  public void close() throws IOException {
    runs.close();
  }

  /** What is left of a run. */
  private final class Run implements Comparable<Run> {
    private final long first;
    private final long end;
    private long next;
    private long key;

    Run(long first) {
      this.first = first;
      end = Math.min(first + RUN, rows.rows());
      next = first;
      advance();
    }

    /** Goes on to the next row; false if there is none. */
    boolean advance() {
      if (next == end) {
        return false;
      }
      key = runs.segment(next).getLong(runs.offset(next));
      next++;
      return true;
    }

    /** The number of the row that it is at. */
    long row() {
      return first + (key & ~ORDER);
    }

    @Override
    public int compareTo(Run other) {
      int byKey = Long.compare(key & ORDER, other.key & ORDER);
      return byKey != 0 ? byKey : compare(row(), other.row());
    }
  }
}
