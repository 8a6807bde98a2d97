package dev.lockstep.distributor.rows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A rank's rows of one step, in direct buffers that are used again and again. Rows of one lane
 * stand together, lanes in order.
 */
public final class Batch {
  private final ByteBuffer numeric;
  private final ByteBuffer categorical;
  private final ByteBuffer labels;
  private final ByteBuffer weights;
  private final int firstLane;
  private final int[] rowsOfLane;
  private int epoch;
  private int step;
  private int rows;

  Batch(int capacity, int numeric, int categorical, int firstLane, int lanes) {
    this.numeric = allocate((long) capacity * numeric);
    this.categorical = allocate((long) capacity * categorical);
    this.labels = allocate(capacity);
    this.weights = allocate(capacity);
    this.firstLane = firstLane;
    this.rowsOfLane = new int[lanes];
  }

  private static ByteBuffer allocate(long values) {
    int bytes = Math.toIntExact(Math.max(values, 1) * Float.BYTES);
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  void clear(int newEpoch, int newStep) {
    epoch = newEpoch;
    step = newStep;
    rows = 0;
    numeric.clear();
    categorical.clear();
    labels.clear();
    weights.clear();
    java.util.Arrays.fill(rowsOfLane, 0);
  }

  void count(int lane, int added) {
    rowsOfLane[lane] += added;
    rows += added;
  }

  /** Makes the buffers readable from their beginning. */
  void flip() {
    numeric.flip();
    categorical.flip();
    labels.flip();
    weights.flip();
  }

  /** The epoch, from 0. */
  public int epoch() {
    return epoch;
  }

  /** The step within the epoch, from 0. */
  public int step() {
    return step;
  }

  /** Number of rows, may be 0. */
  public int rows() {
    return rows;
  }

  /** The first lane whose rows may be in the batch. */
  public int firstLane() {
    return firstLane;
  }

  /** Number of rows of each lane from {@link #firstLane()} on; they stand in that order. */
  public int[] rowsOfLane() {
    return rowsOfLane;
  }

  /** {@code [rows, numeric]} float32. */
  public ByteBuffer numeric() {
    return numeric;
  }

  /** {@code [rows, categorical]} int32. */
  public ByteBuffer categorical() {
    return categorical;
  }

  /** {@code [rows]} float32. */
  public ByteBuffer labels() {
    return labels;
  }

  /** {@code [rows]} float32. */
  public ByteBuffer weights() {
    return weights;
  }

  /** Sum of the rows' weights. */
  public double weightSum() {
    double sum = 0;
    for (int row = 0; row < rows; row++) {
      sum += weights.getFloat(row * Float.BYTES);
    }
    return sum;
  }
}
