package dev.lockstep.distributor.collective;

/** Another rank failed, left or went silent while this one depended on it. */
public final class RankLostException extends RuntimeException {
  private final int rank;
  private final transient Cause cause;

  /**
   * A lost rank.
   *
   * @param rank the rank that was lost first
   * @param cause what it said of itself, or how its loss was noticed
   */
  public RankLostException(int rank, Cause cause) {
    super("rank " + rank + " was lost: " + cause.problem());
    this.rank = rank;
    this.cause = cause;
  }

  /** The rank that was lost first. */
  public int rank() {
    return rank;
  }

  /** What it said of itself, or how its loss was noticed. */
  public Cause cause() {
    return cause;
  }
}
