package dev.lockstep.data.progress;

/** A phase of a known number of like pieces, which several threads may do. */
public final class CountedPhase {
  private final String name;
  private final long total;
  private final PhaseListener listener;
  private long done;

  /**
   * A phase that begins now.
   *
   * @param total number of pieces, at least 1
   */
  public CountedPhase(String name, long total, PhaseListener listener) {
    this.name = name;
    this.total = total;
    this.listener = listener;
    listener.progressed(new Phase(name, "", 0, total));
  }

  /** Says that a piece is done, and returns what came out of it. */
  public synchronized <T> T counted(T piece) {
    done++;
    listener.progressed(new Phase(name, "", done, total));
    return piece;
  }
}
