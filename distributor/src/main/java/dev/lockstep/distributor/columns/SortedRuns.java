package dev.lockstep.distributor.columns;

import dev.lockstep.data.lanes.LaneRow;
import dev.lockstep.data.lanes.LaneShuffle;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * The rows of a rank in their order, from the blocks of a {@link LaneShuffle}: kept in a file as
 * they come, then merged, each read from front to back. The file is on disk until this is closed.
 */
final class SortedRuns implements AutoCloseable {
  private final MappedColumn rows;
  private final LaneRow layout;
  private final PriorityQueue<Run> runs = new PriorityQueue<>();
  private Run current;

  /**
   * Reads the blocks, once.
   *
   * @param directory local directory for the file
   * @throws IOException if the disk is full or fails; nothing is left behind
   */
  SortedRuns(Iterator<InternalRow> blocks, LaneRow layout, Path directory) throws IOException {
    this.layout = layout;
    rows = new MappedColumn(directory, layout.bytes());
    try {
      List<Long> ends = new ArrayList<>();
      while (blocks.hasNext()) {
        byte[] block = blocks.next().getBinary(0);
        if (block.length % layout.bytes() != 0) {
          throw new IllegalStateException(
              "expected rows of %d bytes, got a block of %,d"
                  .formatted(layout.bytes(), block.length));
        }
        rows.append(block);
        ends.add(rows.rows());
      }
      rows.seal();
      long from = 0;
      for (long end : ends) {
        if (from < end) {
          runs.add(new Run(from, end));
        }
        from = end;
      }
    } catch (IOException | RuntimeException e) {
      rows.close();
      throw e;
    }
  }

  /** Goes to the next row; false where there is none. */
  boolean advance() {
    if (current != null && current.advance()) {
      runs.add(current);
    }
    current = runs.poll();
    return current != null;
  }

  /** The row's place; see {@code RowOrder}. */
  long order() {
    return current.order;
  }

  double label() {
    return current.segment.getDouble(current.at + LaneRow.LABEL);
  }

  double weight() {
    return current.segment.getDouble(current.at + LaneRow.WEIGHT);
  }

  /** Appends the numeric features to a row. */
  void numeric(ByteBuffer target) {
    copy(LaneRow.FEATURES, layout.numeric() * Float.BYTES, target);
  }

  /** Appends the categorical features to a row. */
  void categorical(ByteBuffer target) {
    int from = LaneRow.FEATURES + layout.numeric() * Float.BYTES;
    copy(from, layout.categorical() * Integer.BYTES, target);
  }

  private void copy(int from, int bytes, ByteBuffer target) {
    target.put(target.position(), current.segment, current.at + from, bytes);
    target.position(target.position() + bytes);
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }

  /** What is left of a block. */
  private final class Run implements Comparable<Run> {
    private final long end;
    private long row;
    private ByteBuffer segment;
    private int at;
    private long order;

    Run(long from, long end) {
      this.end = end;
      row = from - 1;
      advance();
    }

    boolean advance() {
      row++;
      if (row < end) {
        segment = rows.segment(row);
        at = rows.offset(row);
        order = segment.getLong(at + LaneRow.ORDER);
      }
      return row < end;
    }

    @Override
    public int compareTo(Run other) {
      int byOrder = Long.compare(order, other.order);
      return byOrder != 0 ? byOrder : compareBytes(other);
    }

    private int compareBytes(Run other) {
      for (int i = 0; i < layout.bytes(); i++) {
        int compared = Byte.compareUnsigned(segment.get(at + i), other.segment.get(other.at + i));
        if (compared != 0) {
          return compared;
        }
      }
      return 0;
    }
  }
}
