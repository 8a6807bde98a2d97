package dev.lockstep.evaluation.baselines;

import dev.lockstep.distributor.rendezvous.JobListener;

/** Tells of the rounds of boosting, and of what goes wrong on the way. */
record RoundsListener(BaselineFamily.Problem problem) implements JobListener {
  @Override
  public void report(int rank, String message) {
    if (rank == 0) {
      problem.surroundings().progress().accept(message);
    }
  }

  @Override
  public void warned(int rank, String message) {
    problem.surroundings().progress().accept("rank %d: %s".formatted(rank, message));
  }

  @Override
  public void failed(int rank, int attempt, String cause) {
    problem
        .surroundings()
        .progress()
        .accept("rank %d failed in attempt %d: %s".formatted(rank, attempt + 1, cause));
  }
}
