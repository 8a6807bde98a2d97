package dev.lockstep.evaluation.comparison;

import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.data.progress.Phase;
import dev.lockstep.distributor.experiment.RunFolder;
import dev.lockstep.distributor.loop.EpochReport;
import dev.lockstep.distributor.loop.StepReport;

/** Hands on all that it hears. */
abstract class ForwardingListener implements ComparisonListener {
  private final ComparisonListener listener;

  ForwardingListener(ComparisonListener listener) {
    this.listener = listener;
  }

  /** Who hears it. */
  final ComparisonListener to() {
    return listener;
  }

  @Override
  public void progressed(Phase phase) {
    listener.progressed(phase);
  }

  @Override
  public void fitting(Fit fit) {
    listener.fitting(fit);
  }

  @Override
  public void fitted(Fit fit, Fit.Result result) {
    listener.fitted(fit, result);
  }

  @Override
  public void fitFailed(Fit fit, String cause) {
    listener.fitFailed(fit, cause);
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
