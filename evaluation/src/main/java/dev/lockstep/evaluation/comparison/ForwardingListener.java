package dev.lockstep.evaluation.comparison;

import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.distributor.experiment.RunFolder;
import dev.lockstep.distributor.training.ForwardingTrainingListener;

/** Hands on all that it hears of a comparison. */
abstract class ForwardingListener extends ForwardingTrainingListener implements ComparisonListener {
  private final ComparisonListener listener;

  ForwardingListener(ComparisonListener listener) {
    super(listener);
    this.listener = listener;
  }

  /** Who hears it. */
  final ComparisonListener to() {
    return listener;
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
