package dev.lockstep.data.lanes;

import dev.lockstep.data.encoded.EncodedBatch;
import dev.lockstep.data.encoded.RowOrder;
import dev.lockstep.data.internal.spark.BytesRow;
import dev.lockstep.data.split.Split;
import java.io.Serializable;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.unsafe.types.UTF8String;
import scala.Tuple2;

/**
 * Deals the rows of batches to the ranks, in blocks of bytes.
 *
 * @param lanes number of lanes
 * @param worldSize number of ranks
 */
record LaneBlocks(int lanes, int worldSize) implements Serializable {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final VarHandle DOUBLE =
      MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.nativeOrder());
  private static final VarHandle FLOAT =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.nativeOrder());
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());
  private static final UTF8String TEST = UTF8String.fromString(Split.TEST.column());
  private static final UTF8String VALIDATION = UTF8String.fromString(Split.VALIDATION.column());

  /** Blocks of rows that are written together have about so many bytes, or less. */
  private static final int BYTES = 1 << 20;

  /** So few rows are written column by column that they stay in the nearest cache. */
  private static final int TILE = 64;

  /** The train and validation rows of a batch, in blocks for the ranks; none is empty. */
  List<Tuple2<Integer, InternalRow>> of(EncodedBatch batch) {
    int rowBytes = new LaneRow(batch.numeric().length, batch.categorical().length).bytes();
    int most = Math.max(1, BYTES / rowBytes);
    List<Tuple2<Integer, InternalRow>> blocks = new ArrayList<>();
    for (int from = 0; from < batch.size(); from += most) {
      deal(new Part(batch, from, Math.min(most, batch.size() - from), rowBytes), blocks);
    }
    return blocks;
  }

  /** Adds the blocks of some rows. */
  private void deal(Part part, List<Tuple2<Integer, InternalRow>> blocks) {
    int[] ranks = new int[part.size];
    int[] starts = new int[worldSize + 2]; // Rows that go to no rank are after the last.
    for (int i = 0; i < ranks.length; i++) {
      UTF8String split = part.split(i);
      ranks[i] =
          split == null || split.equals(TEST)
              ? worldSize
              : RowOrder.rank(RowOrder.lane(part.orders[i], lanes), lanes, worldSize);
      starts[ranks[i] + 1]++;
    }
    Arrays.parallelPrefix(starts, Integer::sum);
    int[] rows = new int[ranks.length];
    int[] next = starts.clone();
    for (int i = 0; i < ranks.length; i++) {
      rows[next[ranks[i]]++] = i;
    }
    for (int rank = 0; rank < worldSize; rank++) {
      if (starts[rank] < starts[rank + 1]) {
        int[] own = Arrays.copyOfRange(rows, starts[rank], starts[rank + 1]);
        blocks.add(new Tuple2<>(rank, part.block(own)));
      }
    }
  }

  /** Consecutive rows of a batch. */
  private static final class Part {
    private final EncodedBatch batch;
    private final int from;
    private final int size;
    private final int rowBytes;

    /** The rows' {@link RowOrder}s. */
    private final long[] orders;

    Part(EncodedBatch batch, int from, int size, int rowBytes) {
      this.batch = batch;
      this.from = from;
      this.size = size;
      this.rowBytes = rowBytes;
      orders = new long[size];
      Arrays.setAll(
          orders, i -> RowOrder.of(batch.hashes()[from + i], VALIDATION.equals(split(i))));
    }

    UTF8String split(int row) {
      return batch.splits()[from + row];
    }

    /** Some of the rows as a row of Spark's, whose only column they are. */
    InternalRow block(int[] rows) {
      return BytesRow.of(
          rows.length * rowBytes,
          (array, start) -> {
            for (int first = 0; first < rows.length; first += TILE) {
              int[] tile = Arrays.copyOfRange(rows, first, Math.min(first + TILE, rows.length));
              write(tile, array, start + first * rowBytes);
            }
          });
    }

    private void write(int[] rows, byte[] block, int start) {
      int to = start;
      for (int row : rows) {
        LONG.set(block, to + LaneRow.ORDER, orders[row]);
        DOUBLE.set(block, to + LaneRow.LABEL, batch.labels()[from + row]);
        DOUBLE.set(block, to + LaneRow.WEIGHT, batch.weights()[from + row]);
        to += rowBytes;
      }
      int entry = start + LaneRow.FEATURES;
      for (float[] column : batch.numeric()) {
        to = entry;
        for (int row : rows) {
          FLOAT.set(block, to, column[from + row]);
          to += rowBytes;
        }
        entry += Float.BYTES;
      }
      for (int[] column : batch.categorical()) {
        to = entry;
        for (int row : rows) {
          INT.set(block, to, column[from + row]);
          to += rowBytes;
        }
        entry += Integer.BYTES;
      }
    }
  }
}
