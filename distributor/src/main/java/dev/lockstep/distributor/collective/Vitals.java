package dev.lockstep.distributor.collective;

/**
 * Signs of life of one rank, written by one thread and read by others: a counter that grows while
 * it gets on, and whether it is waiting for others (and so is not to blame for standing still).
 */
final class Vitals {
  private volatile long progress;
  private volatile boolean waiting;
  private volatile long changed = System.nanoTime();
  private volatile long heard = System.nanoTime();

  /** The rank got on; some other thread than the rank's own may say so. */
  synchronized void advance() {
    update(progress + 1, waiting);
  }

  /** The rank begins or ends to wait. */
  synchronized void setWaiting(boolean now) {
    update(progress + 1, now);
  }

  /** What a heartbeat says. */
  synchronized void update(long newProgress, boolean nowWaiting) {
    long now = System.nanoTime();
    if (newProgress != progress || nowWaiting != waiting) {
      changed = now;
    }
    progress = newProgress;
    waiting = nowWaiting;
    heard = now;
  }

  long progress() {
    return progress;
  }

  boolean isWaiting() {
    return waiting;
  }

  /** Time since the rank was last heard of. */
  long silentNanos() {
    return System.nanoTime() - heard;
  }

  /** Time since the rank last got on. */
  long stalledNanos() {
    return System.nanoTime() - changed;
  }
}
