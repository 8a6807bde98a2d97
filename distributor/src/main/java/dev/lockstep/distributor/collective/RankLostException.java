package dev.lockstep.distributor.collective;

/** Another rank failed, left or went silent while this one depended on it. */
public final class RankLostException extends RuntimeException {
  private final int rank;
  private final String reason;

  /**
   * A lost rank.
   *
   * @param rank the rank that was lost first
   * @param reason what it said of itself, or how its loss was noticed
   */
  public RankLostException(int rank, String reason) {
    super("rank " + rank + " was lost: " + reason);
    this.rank = rank;
    this.reason = reason;
  }

  /** The rank that was lost first. */
  public int rank() {
    return rank;
  }

  /** What it said of itself, or how its loss was noticed. */
  public String reason() {
    return reason;
  }
}
