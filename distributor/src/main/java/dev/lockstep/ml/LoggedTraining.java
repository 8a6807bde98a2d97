package dev.lockstep.ml;

import dev.lockstep.distributor.loop.EpochReport;
import dev.lockstep.distributor.training.TrainingListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes to the log of the driver how trainings go, as Spark's own estimators do. */
final class LoggedTraining implements TrainingListener {
  private static final Logger LOG = LoggerFactory.getLogger(NetworkFit.class);

  @Override
  public void epochEnded(String model, EpochReport report) {
    LOG.info(
        "{}: epoch {}, train loss {}, validation loss {}",
        model,
        report.epoch(),
        report.trainLoss(),
        report.validationLoss());
  }

  @Override
  public void noted(String model, String message) {
    LOG.info("{}: {}", model, message);
  }

  @Override
  public void warned(String message) {
    LOG.warn("{}", message);
  }

  @Override
  public void attemptFailed(int rank, int attempt, String cause) {
    LOG.warn("rank {} failed in attempt {}: {}", rank, attempt, cause);
  }
}
