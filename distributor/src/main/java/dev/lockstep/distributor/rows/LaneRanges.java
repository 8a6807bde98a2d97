package dev.lockstep.distributor.rows;

/** The rows of one split that a rank holds, lane by lane. */
public final class LaneRanges {
  private final int firstLane;
  private final long[] starts;

  /** Lanes whose rows stand one after the other, from row {@code first} of the rank on. */
  LaneRanges(int firstLane, long first, long[] counts) {
    this.firstLane = firstLane;
    this.starts = new long[counts.length + 1];
    starts[0] = first;
    for (int i = 0; i < counts.length; i++) {
      starts[i + 1] = starts[i] + counts[i];
    }
  }

  /** The first of these lanes. */
  public int firstLane() {
    return firstLane;
  }

  /** Row of the rank at which the i-th of these lanes begins. */
  long start(int i) {
    return starts[i];
  }

  /** Number of lanes. */
  public int lanes() {
    return starts.length - 1;
  }

  /** Number of rows of the i-th of these lanes. */
  public long rows(int i) {
    return starts[i + 1] - starts[i];
  }

  /** Number of rows of all lanes. */
  public long rows() {
    return starts[starts.length - 1] - starts[0];
  }

  /** Number of rows of each lane. */
  public long[] counts() {
    long[] counts = new long[lanes()];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = rows(i);
    }
    return counts;
  }
}
