package dev.lockstep.data.lanes;

import dev.lockstep.data.split.Split;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.unsafe.types.UTF8String;
import scala.Tuple2;

/**
 * Batches as blocks of rows for the ranks. The rows of some batches are collected, then each rank
 * gets a block of its own ones, sorted: many small runs, which the rank merges.
 */
final class LaneBlocks implements Iterator<Tuple2<Integer, byte[]>> {
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

  /** About as many bytes are collected before they are sorted, or more for many ranks. */
  private static final int LEAST_BYTES = 1 << 22;

  /** So that a rank has not too many blocks to merge, each is to have about so many bytes. */
  private static final int BLOCK_BYTES = 1 << 20;

  private static final int MOST_BYTES = 1 << 26;

  private static final int TILE = 64;

  /** A row's place in a collection takes so many bits. */
  private static final int PLACE_BITS = 17;

  private static final long PLACE = (1L << PLACE_BITS) - 1;

  private final Iterator<EncodedBatch> batches;
  private final int lanes;
  private final int worldSize;
  private final Deque<Tuple2<Integer, byte[]>> ready = new ArrayDeque<>();
  private final List<Part> parts = new ArrayList<>();
  private EncodedBatch batch;
  private int next;
  private int rowBytes;
  private long[] orders;
  private int size;

  LaneBlocks(Iterator<EncodedBatch> batches, int lanes, int worldSize) {
    this.batches = batches;
    this.lanes = lanes;
    this.worldSize = worldSize;
  }

  /**
   * Rows of a batch that are collected.
   *
   * @param rows their places in the batch
   * @param from the place of the first of them in the collection
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Part(EncodedBatch batch, int[] rows, int from) {}

  @Override
  public boolean hasNext() {
    if (ready.isEmpty()) {
      collect();
      deal();
    }
    return !ready.isEmpty();
  }

  @Override
  public Tuple2<Integer, byte[]> next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return ready.poll();
  }

  /** Collects rows until there is room for no more, or there are no more. */
  private void collect() {
    parts.clear();
    size = 0;
    while (orders == null || size < orders.length) {
      if (batch == null || next == batch.size()) {
        if (!batches.hasNext()) {
          return;
        }
        batch = batches.next();
        next = 0;
        if (orders == null) {
          LaneRow row = new LaneRow(batch.numeric().length, batch.categorical().length);
          rowBytes = row.bytes();
          long bytes = Math.min(MOST_BYTES, Math.max(LEAST_BYTES, (long) BLOCK_BYTES * worldSize));
          orders = new long[(int) Math.max(1, Math.min(bytes / rowBytes, PLACE + 1))];
        }
      }
      add();
    }
  }

  /** Adds rows of the batch, but not those of the test split. */
  private void add() {
    int from = size;
    int[] rows = new int[Math.min(batch.size() - next, orders.length - size)];
    while (next < batch.size() && size < orders.length) {
      UTF8String split = batch.splits()[next];
      if (split != null && !split.equals(TEST)) {
        rows[size - from] = next;
        orders[size++] = RowOrder.of(batch.hashes()[next], VALIDATION.equals(split));
      }
      next++;
    }
    parts.add(new Part(batch, Arrays.copyOf(rows, size - from), from));
  }

  /** Gives each rank its rows, sorted. */
  private void deal() {
    long[] keys = new long[size];
    int[] counts = new int[worldSize];
    for (int row = 0; row < size; row++) {
      keys[row] = orders[row] & ~PLACE | row;
      counts[rank(row)]++;
    }
    Arrays.sort(keys);
    byte[][] blocks = new byte[worldSize][];
    Arrays.setAll(blocks, rank -> new byte[counts[rank] * rowBytes]);
    byte[][] block = new byte[size][];
    int[] offset = new int[size];
    int[] filled = new int[worldSize];
    for (long key : keys) {
      int row = (int) (key & PLACE);
      int rank = rank(row);
      block[row] = blocks[rank];
      offset[row] = filled[rank];
      filled[rank] += rowBytes;
    }
    for (Part part : parts) {
      for (int tile = 0; tile < part.rows.length; tile += TILE) {
        write(part, tile, Math.min(tile + TILE, part.rows.length), block, offset);
      }
    }
    settle(keys, block, offset);
    for (int rank = 0; rank < worldSize; rank++) {
      if (counts[rank] > 0) {
        ready.add(new Tuple2<>(rank, blocks[rank]));
      }
    }
  }

  private int rank(int row) {
    return RowOrder.rank(RowOrder.lane(orders[row], lanes), lanes, worldSize);
  }

  /** Writes a few rows, so that what is written stays in the nearest cache. */
  private void write(Part part, int begin, int end, byte[][] block, int[] offset) {
    EncodedBatch from = part.batch;
    for (int i = begin; i < end; i++) {
      int row = part.rows[i];
      int to = part.from + i;
      LONG.set(block[to], offset[to] + LaneRow.ORDER, orders[to]);
      DOUBLE.set(block[to], offset[to] + LaneRow.LABEL, from.labels()[row]);
      DOUBLE.set(block[to], offset[to] + LaneRow.WEIGHT, from.weights()[row]);
    }
    int entry = LaneRow.FEATURES;
    for (float[] column : from.numeric()) {
      for (int i = begin; i < end; i++) {
        int to = part.from + i;
        FLOAT.set(block[to], offset[to] + entry, column[part.rows[i]]);
      }
      entry += Float.BYTES;
    }
    for (int[] column : from.categorical()) {
      for (int i = begin; i < end; i++) {
        int to = part.from + i;
        INT.set(block[to], offset[to] + entry, column[part.rows[i]]);
      }
      entry += Integer.BYTES;
    }
  }

  /** Sorts rows by all of their bytes where their keys are the same but for the place. */
  private void settle(long[] keys, byte[][] block, int[] offset) {
    int end;
    for (int begin = 0; begin < size; begin = end) {
      end = begin + 1;
      while (end < size && (keys[begin] & ~PLACE) == (keys[end] & ~PLACE)) {
        end++;
      }
      if (end - begin > 1) {
        int first = (int) (keys[begin] & PLACE);
        settle(block[first], offset[first], end - begin);
      }
    }
  }

  /** Sorts rows of a block. */
  private void settle(byte[] block, int from, int count) {
    byte[][] rows = new byte[count][];
    for (int i = 0; i < count; i++) {
      int at = from + i * rowBytes;
      rows[i] = Arrays.copyOfRange(block, at, at + rowBytes);
    }
    Comparator<byte[]> byOrder =
        Comparator.comparingLong(row -> (long) LONG.get(row, LaneRow.ORDER));
    Arrays.sort(rows, byOrder.thenComparing(Arrays::compareUnsigned));
    for (int i = 0; i < count; i++) {
      System.arraycopy(rows[i], 0, block, from + i * rowBytes, rowBytes);
    }
  }
}
