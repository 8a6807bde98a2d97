package dev.lockstep.distributor.collective;

import java.time.Duration;
import java.util.concurrent.CancellationException;

/** Decides, while this rank waits, whether waiting still makes sense. */
final class Watch {
  /** When nobody gets on though all wait, the ranks have made different calls. */
  private static final int DEADLOCK_FACTOR = 6;

  private final Vitals[] vitals;
  private final Failure failure;
  private final long limitNanos;
  private final int self;

  Watch(int self, Vitals[] vitals, Failure failure, Duration limit) {
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
    long stalled = other.stalledNanos();
    if (!other.isWaiting() && stalled > limitNanos) {
      failure.lost(awaited, "it hangs: no progress for " + seconds(stalled) + " s");
    } else if (stalled > DEADLOCK_FACTOR * limitNanos
        && own().stalledNanos() > DEADLOCK_FACTOR * limitNanos) {
      failure.lost(
          awaited, "all wait for each other; the ranks must make the same calls in the same order");
    }
    failure.check();
  }

  static long seconds(long nanos) {
    return Duration.ofNanos(nanos).toSeconds();
  }
}
