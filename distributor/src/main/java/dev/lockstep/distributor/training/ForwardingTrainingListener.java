package dev.lockstep.distributor.training;

import dev.lockstep.data.progress.Phase;
import dev.lockstep.distributor.loop.EpochReport;
import dev.lockstep.distributor.loop.StepReport;

/** Hands on all that it hears of trainings. */
public abstract class ForwardingTrainingListener implements TrainingListener {
  private final TrainingListener listener;

  /** Hands it on to a listener. */
  protected ForwardingTrainingListener(TrainingListener listener) {
    this.listener = listener;
  }

  @Override
  public void progressed(Phase phase) {
    listener.progressed(phase);
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
}
