package dev.lockstep.distributor.collective;

import java.util.concurrent.atomic.AtomicReference;

/** The first failure of a job that this rank has heard of; what follows from it is not reported. */
final class Failure {
  private final AtomicReference<RankLostException> first = new AtomicReference<>();

  /** Notes that a rank was lost, unless another was before. */
  void lost(int rank, Cause cause) {
    first.compareAndSet(null, new RankLostException(rank, cause));
  }

  /** As {@link #lost(int, Cause)}, where another attempt may be spared it. */
  void lost(int rank, String problem) {
    lost(rank, Cause.of(problem));
  }

  /** The first loss, or null. */
  RankLostException get() {
    return first.get();
  }

  /** Throws if a rank has been lost. */
  void check() {
    RankLostException lost = first.get();
    if (lost != null) {
      throw new RankLostException(lost.rank(), lost.cause());
    }
  }
}
