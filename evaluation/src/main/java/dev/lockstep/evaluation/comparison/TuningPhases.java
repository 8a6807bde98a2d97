package dev.lockstep.evaluation.comparison;

import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.data.progress.Phase;
import dev.lockstep.distributor.experiment.RunFolder;
import dev.lockstep.distributor.experiment.TuningSpec;
import dev.lockstep.distributor.loop.EpochReport;
import dev.lockstep.distributor.loop.StepReport;

/**
 * Hands on what it hears, but for the phases of a trial: the tuning of a model is one phase, of
 * which each trial's training is a part.
 */
final class TuningPhases implements ComparisonListener {
  private static final long PARTS = 100_000;

  private final ComparisonListener listener;
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
    this.listener = listener;
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
    listener.progressed(tuning.at(0));
  }

  /** The tuning ends, well or not. */
  synchronized void end(boolean well) {
    if (tuning != null && well) {
      listener.progressed(new Phase(tuning.name, "", PARTS, PARTS));
    }
    tuning = null;
  }

  @Override
  public synchronized void progressed(Phase phase) {
    if (tuning == null) {
      listener.progressed(phase);
    } else if (phase.name().startsWith("training ")) {
      listener.progressed(tuning.at(phase.share()));
    }
  }

  @Override
  public void stepped(String model, int rank, StepReport report) {
    listener.stepped(model, rank, report);
  }

  @Override
  public void epochEnded(String model, EpochReport report) {
    listener.epochEnded(model, report);
  }

  @Override
  public boolean stopsAfter(String model, EpochReport report) {
    return listener.stopsAfter(model, report);
  }

  @Override
  public void noted(String model, String message) {
    listener.noted(model, message);
  }

  @Override
  public void warned(String message) {
    listener.warned(message);
  }

  @Override
  public void attemptFailed(int rank, int attempt, String cause) {
    listener.attemptFailed(rank, attempt, cause);
  }

  @Override
  public void prepared(PreparedData data, double seconds) {
    listener.prepared(data, seconds);
  }

  @Override
  public void started(RunFolder folder) {
    listener.started(folder);
  }

  @Override
  public void tried(String model, String metric, double validation) {
    listener.tried(model, metric, validation);
  }

  @Override
  public void trained(String model, double seconds) {
    listener.trained(model, seconds);
  }

  @Override
  public void trainedBefore(String model) {
    listener.trainedBefore(model);
  }
}
