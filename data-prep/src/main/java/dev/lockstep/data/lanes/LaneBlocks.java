package dev.lockstep.data.lanes;

import dev.lockstep.data.split.Split;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
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
  private EncodedBatch batch;
  private int next;
  private int rowBytes;
  private int capacity;
  private byte[] rows;
  private int size;

  LaneBlocks(Iterator<EncodedBatch> batches, int lanes, int worldSize) {
    this.batches = batches;
    this.lanes = lanes;
    this.worldSize = worldSize;
  }

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

  /** Copies rows until there is room for no more, or there are no more. */
  private void collect() {
    size = 0;
    while (rows == null || size < capacity) {
      if (batch == null || next == batch.size()) {
        if (!batches.hasNext()) {
          return;
        }
        batch = batches.next();
        next = 0;
        if (rows == null) {
          LaneRow row = new LaneRow(batch.numeric().length, batch.categorical().length);
          rowBytes = row.bytes();
          long bytes = Math.min(MOST_BYTES, Math.max(LEAST_BYTES, (long) BLOCK_BYTES * worldSize));
          capacity = (int) Math.max(1, Math.min(bytes / rowBytes, PLACE + 1));
          rows = new byte[capacity * rowBytes];
        }
      }
      copy();
    }
  }

  /** Copies rows of the batch, but not those of the test split. */
  private void copy() {
    int from = next;
    int[] places = new int[batch.size() - from];
    while (next < batch.size() && size < capacity) {
      UTF8String split = batch.splits()[next];
      boolean kept = split != null && !split.equals(TEST);
      places[next - from] = kept ? size * rowBytes : -1;
      if (kept) {
        int at = size * rowBytes;
        LONG.set(
            rows, at + LaneRow.ORDER, RowOrder.of(batch.hashes()[next], VALIDATION.equals(split)));
        DOUBLE.set(rows, at + LaneRow.LABEL, batch.labels()[next]);
        DOUBLE.set(rows, at + LaneRow.WEIGHT, batch.weights()[next]);
        size++;
      }
      next++;
    }
    for (int tile = from; tile < next; tile += TILE) {
      copy(places, from, tile, Math.min(tile + TILE, next));
    }
  }

  /** Copies the features of a few rows, so that what is written stays in the nearest cache. */
  private void copy(int[] places, int from, int begin, int end) {
    int entry = LaneRow.FEATURES;
    for (float[] column : batch.numeric()) {
      for (int row = begin; row < end; row++) {
        if (places[row - from] >= 0) {
          FLOAT.set(rows, places[row - from] + entry, column[row]);
        }
      }
      entry += Float.BYTES;
    }
    for (int[] column : batch.categorical()) {
      for (int row = begin; row < end; row++) {
        if (places[row - from] >= 0) {
          INT.set(rows, places[row - from] + entry, column[row]);
        }
      }
      entry += Integer.BYTES;
    }
  }

  /** Gives each rank its rows, sorted. */
  private void deal() {
    long[] keys = new long[size];
    int[] ranks = new int[size];
    int[] counts = new int[worldSize];
    for (int row = 0; row < size; row++) {
      long order = order(row);
      keys[row] = order & ~PLACE | row;
      ranks[row] = RowOrder.rank(RowOrder.lane(order, lanes), lanes, worldSize);
      counts[ranks[row]]++;
    }
    Arrays.sort(keys);
    settle(keys);
    byte[][] blocks = new byte[worldSize][];
    Arrays.setAll(blocks, rank -> new byte[counts[rank] * rowBytes]);
    int[] filled = new int[worldSize];
    for (long key : keys) {
      int row = (int) (key & PLACE);
      int rank = ranks[row];
      System.arraycopy(rows, row * rowBytes, blocks[rank], filled[rank], rowBytes);
      filled[rank] += rowBytes;
    }
    for (int rank = 0; rank < worldSize; rank++) {
      if (counts[rank] > 0) {
        ready.add(new Tuple2<>(rank, blocks[rank]));
      }
    }
  }

  private long order(int row) {
    return (long) LONG.get(rows, row * rowBytes + LaneRow.ORDER);
  }

  /** Sorts by the whole row where keys are the same but for the place: few, if any. */
  private void settle(long[] keys) {
    for (int i = 1; i < keys.length; i++) {
      long key = keys[i];
      int at = i;
      while (at > 0 && (keys[at - 1] & ~PLACE) == (key & ~PLACE) && isAfter(keys[at - 1], key)) {
        keys[at] = keys[at - 1];
        at--;
      }
      keys[at] = key;
    }
  }

  private boolean isAfter(long one, long other) {
    int first = (int) (one & PLACE);
    int second = (int) (other & PLACE);
    int byOrder = Long.compare(order(first), order(second));
    return byOrder > 0
        || byOrder == 0
            && Arrays.compareUnsigned(
                    rows,
                    first * rowBytes,
                    (first + 1) * rowBytes,
                    rows,
                    second * rowBytes,
                    (second + 1) * rowBytes)
                > 0;
  }
}
