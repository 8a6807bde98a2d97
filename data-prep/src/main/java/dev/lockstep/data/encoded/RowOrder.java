package dev.lockstep.data.encoded;

/**
 * A row's place, in one long: the top bit says validation (1) or train (0), the other 63 bits are a
 * hash of the row. A lane is a range of hashes, so rows sorted by their order are sorted by split,
 * then lane, then place in the lane, whatever the number of ranks, partitions or files.
 */
public final class RowOrder {
  private RowOrder() {}

  /** The order of a row from a 64-bit hash of it. */
  public static long of(long hash, boolean validation) {
    return validation ? hash | Long.MIN_VALUE : hash & Long.MAX_VALUE;
  }

  /** Whether the row belongs to the validation split. */
  public static boolean isValidation(long order) {
    return order < 0;
  }

  /** The lane in {@code [0, lanes)} of a row. */
  public static int lane(long order, int lanes) {
    return (int) Math.multiplyHigh(order & Long.MAX_VALUE, (long) lanes << 1);
  }

  /** The rank in {@code [0, worldSize)} that owns a lane: contiguous blocks of lanes. */
  public static int rank(int lane, int lanes, int worldSize) {
    return (int) (((long) (lane + 1) * worldSize - 1) / lanes);
  }

  /** The first lane of a rank; rank r owns {@code [firstLane(r), firstLane(r + 1))}. */
  public static int firstLane(int rank, int lanes, int worldSize) {
    return (int) ((long) rank * lanes / worldSize);
  }
}
