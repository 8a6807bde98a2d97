package dev.lockstep.distributor.collective;

import java.time.Duration;
import java.util.concurrent.CancellationException;

/** Decides, while this rank waits, whether waiting still makes sense; used by the rank's thread. */
final class FailureDetector {
  /** When nobody gets on though all wait, the ranks have made different calls. */
  private static final int DEADLOCK_FACTOR = 6;

  /** A break between two looks of more than this part of the limit begins the count again. */
  private static final int BREAK_FRACTION = 4;

  private final Vitals[] vitals;
  private final Failure failure;
  private final long limitNanos;
  private final int self;
  private long lookedAt = System.nanoTime();
  private long lookingSince = lookedAt;

  FailureDetector(int self, Vitals[] vitals, Failure failure, Duration limit) {
    this.self = self;
    this.vitals = vitals;
    this.failure = failure;
    this.limitNanos = limit.toNanos();
  }

  Failure failure() {
    return failure;
  }

  Vitals own() {
    return vitals[self];
  }

  /** Throws if this rank is to end, if a rank was lost, or if the one waited for seems to hang. */
  void check(int awaited) {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("rank " + self + " was interrupted while it waited");
    }
    Vitals other = vitals[awaited];
    long stalled = Math.min(other.stalledNanos(), lookingNanos());
    if (!other.isWaiting() && stalled > limitNanos) {
      failure.lost(awaited, "it hangs: no progress for " + seconds(stalled) + " s");
    } else if (stalled > DEADLOCK_FACTOR * limitNanos
        && own().stalledNanos() > DEADLOCK_FACTOR * limitNanos) {
      failure.lost(
          awaited, "all wait for each other; the ranks must make the same calls in the same order");
    }
    failure.check();
  }

  /**
   * For how long this rank has looked without a break. Where it had no processor for long, neither
   * may the others have had one, nor the thread that reads what they sent: a cause that has been
   * sent already must be heard before a rank is said to hang.
   */
  private long lookingNanos() {
    long now = System.nanoTime();
    if (now - lookedAt > limitNanos / BREAK_FRACTION) {
      lookingSince = now;
    }
    lookedAt = now;
    return now - lookingSince;
  }

  static long seconds(long nanos) {
    return Duration.ofNanos(nanos).toSeconds();
  }
}
