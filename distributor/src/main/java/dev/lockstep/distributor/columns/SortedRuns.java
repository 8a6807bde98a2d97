package dev.lockstep.distributor.columns;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The order of rows that come in sorted runs: only what they are sorted by is kept, in a file, and
 * merged, each run read from front to back. The file is on disk until this is closed.
 */
final class SortedRuns implements AutoCloseable {
  private final MappedColumn orders;
  private final List<Long> ends = new ArrayList<>();

  /**
   * No runs.
   *
   * @param directory local directory for the file
   */
  SortedRuns(Path directory) throws IOException {
    orders = new MappedColumn(directory, Long.BYTES);
  }

  /**
   * Adds a run.
   *
   * @param rows rows of equal size, ascending by the long at their beginning, equal ones by their
   *     bytes as unsigned numbers
   * @param bytesPerRow size of a row
   * @throws IOException if the disk is full or fails
   */
  void add(ByteBuffer rows, int bytesPerRow) throws IOException {
    for (int at = 0; at < rows.limit(); at += bytesPerRow) {
      orders.append().putLong(rows.getLong(at));
    }
    ends.add(orders.rows());
  }

  /**
   * Merges the runs.
   *
   * @param rows all their rows, in the order in which they were added
   * @param places gets the number of the least row, of the next and so on, a long for each
   * @throws IOException if the disk is full or fails
   */
  void merge(MappedColumn rows, MappedColumn places) throws IOException {
    orders.seal();
    PriorityQueue<Run> runs = new PriorityQueue<>();
    long from = 0;
    for (long end : ends) {
      if (from < end) {
        runs.add(new Run(from, end, rows));
      }
      from = end;
    }
    for (Run least = runs.poll(); least != null; least = runs.poll()) {
      places.append().putLong(least.row);
      if (least.advance()) {
        runs.add(least);
      }
    }
  }

  @Override
  public void close() throws IOException {
    orders.close();
  }

  /** What is left of a run. */
  private final class Run implements Comparable<Run> {
    private final long end;
    private final MappedColumn rows;
    private long row;
    private long order;

    Run(long from, long end, MappedColumn rows) {
      this.end = end;
      this.rows = rows;
      row = from - 1;
      advance();
    }

    boolean advance() {
      row++;
      if (row < end) {
        order = orders.segment(row).getLong(orders.offset(row));
      }
      return row < end;
    }

    @Override
    public int compareTo(Run other) {
      int byOrder = Long.compare(order, other.order);
      return byOrder != 0 ? byOrder : rows.compare(row, other.row);
    }
  }
}
