package dev.lockstep.evaluation.comparison;

import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.data.progress.Phase;
import dev.lockstep.distributor.experiment.RunFolder;
import dev.lockstep.distributor.loop.EpochReport;
import dev.lockstep.distributor.loop.StepReport;

/** Two listeners, which hear the same, the first one first. */
record BothListeners(ComparisonListener first, ComparisonListener second)
    implements ComparisonListener {
  @Override
  public void progressed(Phase phase) {
    first.progressed(phase);
    second.progressed(phase);
  }

  @Override
  public void prepared(PreparedData data, double seconds) {
    first.prepared(data, seconds);
    second.prepared(data, seconds);
  }

  @Override
  public void started(RunFolder folder) {
    first.started(folder);
    second.started(folder);
  }

  @Override
  public void fitting(Fit fit) {
    first.fitting(fit);
    second.fitting(fit);
  }

  @Override
  public void fitted(Fit fit, Fit.Result result) {
    first.fitted(fit, result);
    second.fitted(fit, result);
  }

  @Override
  public void fitFailed(Fit fit, String cause) {
    first.fitFailed(fit, cause);
    second.fitFailed(fit, cause);
  }

  @Override
  public void tried(String model, String metric, double validation) {
    first.tried(model, metric, validation);
    second.tried(model, metric, validation);
  }

  @Override
  public void trained(String model, double seconds) {
    first.trained(model, seconds);
    second.trained(model, seconds);
  }

  @Override
  public void trainedBefore(String model) {
    first.trainedBefore(model);
    second.trainedBefore(model);
  }

  @Override
  public void stepped(String model, int rank, StepReport report) {
    first.stepped(model, rank, report);
    second.stepped(model, rank, report);
  }

  @Override
  public void epochEnded(String model, EpochReport report) {
    first.epochEnded(model, report);
    second.epochEnded(model, report);
  }

  /** Both are asked. */
  @Override
  public boolean stopsAfter(String model, EpochReport report) {
    boolean stops = first.stopsAfter(model, report);
    return second.stopsAfter(model, report) || stops;
  }

  @Override
  public void noted(String model, String message) {
    first.noted(model, message);
    second.noted(model, message);
  }

  @Override
  public void warned(String message) {
    first.warned(message);
    second.warned(message);
  }

  @Override
  public void attemptFailed(int rank, int attempt, String cause) {
    first.attemptFailed(rank, attempt, cause);
    second.attemptFailed(rank, attempt, cause);
  }
}
