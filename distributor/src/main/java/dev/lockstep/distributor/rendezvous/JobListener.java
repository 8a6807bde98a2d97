package dev.lockstep.distributor.rendezvous;

/** What the driver hears of a job while it runs; called from Spark's threads, one at a time. */
public interface JobListener {
  /** Hears nothing. */
  JobListener NONE =
      new JobListener() {
        @Override
        public void report(int rank, String message) {}

        @Override
        public void warned(int rank, String message) {}

        @Override
        public void failed(int rank, int attempt, String cause) {}
      };

  /**
   * The ranks are about to begin; called by the thread that runs the job.
   *
   * @param attempt which attempt, from 0
   */
  default void begins(int attempt) {}

  /** A rank's own {@link RankContext#report}. */
  void report(int rank, String message);

  /** Answers a rank's {@link RankContext#ask}; no where nobody listens. */
  default boolean answer(int rank, String question) {
    return false;
  }

  /** What a person should read, though nothing went wrong: {@link RankContext#note}. */
  default void noted(int rank, String message) {}

  /** Something went wrong on a rank, and does not end it: {@link RankContext#warn}. */
  void warned(int rank, String message);

  /**
   * A rank failed or lost another; all ranks begin again unless no attempt is left.
   *
   * @param attempt the attempt that failed, from 0
   */
  void failed(int rank, int attempt, String cause);
}
