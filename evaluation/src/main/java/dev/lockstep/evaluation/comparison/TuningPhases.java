package dev.lockstep.evaluation.comparison;

import dev.lockstep.data.progress.Phase;
import dev.lockstep.distributor.experiment.TuningSpec;

/**
 * Hands on what it hears, but for the phases of a trial: the tuning of a model is one phase, of
 * which each trial's training is a part.
 */
final class TuningPhases extends ForwardingListener {
  private static final long PARTS = 100_000;

  private Tuning tuning;

  /** A tuning that goes on. */
  private record Tuning(String name, TuningSpec budget, int most, int trial, long fromNanos) {
    Phase at(double trialShare) {
      double byTrials = (trial - 1 + trialShare) / most;
      double byTime = (System.nanoTime() - fromNanos) / 1e9 / budget.mostSeconds();
      long done = (long) (PARTS * Math.max(byTrials, byTime));
      String of = budget.trials() == null && most > 1 ? "" : " of " + most;
      String detail = "trial %d%s".formatted(trial, of);
      return new Phase(name, detail, Math.min(done, PARTS - 1), PARTS);
    }
  }

  TuningPhases(ComparisonListener listener) {
    super(listener);
  }

  /**
   * A trial begins; the first one begins the tuning.
   *
   * @param most largest number of trials
   * @param trial its number, from 1
   */
  synchronized void trial(String model, TuningSpec budget, int most, int trial) {
    long from = tuning == null ? System.nanoTime() : tuning.fromNanos;
    tuning = new Tuning("tuning " + model, budget, most, Math.min(trial, most), from);
    to().progressed(tuning.at(0));
  }

  /** The tuning ends, well or not. */
  synchronized void end(boolean well) {
    if (tuning != null && well) {
      to().progressed(new Phase(tuning.name, "", PARTS, PARTS));
    }
    tuning = null;
  }

  @Override
  public synchronized void progressed(Phase phase) {
    if (tuning == null) {
      to().progressed(phase);
    } else if (phase.name().startsWith("training ")) {
      to().progressed(tuning.at(phase.share()));
    }
  }
}
