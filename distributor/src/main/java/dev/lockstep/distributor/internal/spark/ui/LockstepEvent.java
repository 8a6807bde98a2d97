package dev.lockstep.distributor.internal.spark.ui;

import java.util.List;
import org.apache.spark.scheduler.SparkListenerEvent;

/**
 * What Lockstep writes into Spark's event log. Spark stores an event under the name of its class,
 * and Jackson reads it back: names of classes and components are a file format. Components may be
 * added; one that an older log lacks is null or 0.
 */
sealed interface LockstepEvent extends SparkListenerEvent {
  /** When it happened, in milliseconds since 1970. */
  long time();

  /** An event of a run: a command such as {@code compare}. */
  sealed interface OfRun extends LockstepEvent {
    /** The run's name. */
    String run();
  }

  /** An event of the training of one network. */
  sealed interface OfTraining extends LockstepEvent {
    /** Names the training within the application. */
    String training();
  }

  /**
   * A run begins to train.
   *
   * @param kind {@code training} or {@code comparison}
   * @param folder where its results are kept
   */
  record RunStarted(
      String run, long time, String kind, String command, String folder, String table, long version)
      implements OfRun {}

  /**
   * A trial of the tuning is judged.
   *
   * @param number the trial's number for its model, from 1
   * @param options what was changed, as JSON
   * @param score the metric on the validation split; NaN if the trial failed
   * @param failure why it failed; null if it did not
   */
  record TrialJudged(
      String run,
      long time,
      String model,
      int number,
      String options,
      String metric,
      double score,
      double seconds,
      String failure)
      implements OfRun {}

  /** A model of the run is trained, a network or a baseline. */
  record ModelTrained(String run, long time, String model, double seconds) implements OfRun {}

  /**
   * A run has ended.
   *
   * @param failure why it failed; null if it did not
   */
  record RunEnded(String run, long time, String failure) implements OfRun {}

  /**
   * The training of a network begins.
   *
   * @param folder where the network is kept; null if it goes to the driver
   * @param epochs the largest number of epochs
   * @param metric what early stopping watches on the validation split
   */
  record TrainingStarted(
      String training,
      long time,
      String model,
      String folder,
      int ranks,
      int epochs,
      long seed,
      String metric)
      implements OfTraining {}

  /**
   * Ranks begin.
   *
   * @param attempt which attempt, from 1
   */
  record AttemptStarted(String training, long time, int attempt) implements OfTraining {}

  /** A rank failed, and with it the attempt. */
  record AttemptFailed(String training, long time, int attempt, int rank, String cause)
      implements OfTraining {}

  /**
   * What has come since the event before.
   *
   * @param position where the training is; null before the first step
   * @param epochs epochs that have ended since
   * @param ranks how each rank has spent its time since the attempt began
   * @param checkpoints steps of the checkpoints that were written since
   */
  record TrainingAdvanced(
      String training,
      long time,
      Position position,
      List<Epoch> epochs,
      List<RankTime> ranks,
      List<Long> checkpoints)
      implements OfTraining {}

  /** What a person should read; a warning if something went wrong. */
  record TrainingNoted(String training, long time, boolean warning, String message)
      implements OfTraining {}

  /**
   * A training has ended.
   *
   * @param failure why it failed; null if it did not
   * @param bestEpoch the epoch whose weights were kept
   * @param weightsSha256 their SHA-256; null if it failed
   */
  record TrainingEnded(
      String training, long time, String failure, int bestEpoch, String weightsSha256)
      implements OfTraining {}

  /**
   * Where a training is.
   *
   * @param epoch the epoch, from 1
   * @param step the step within the epoch, from 1
   * @param steps steps an epoch
   * @param loss mean training loss of the epoch so far, over all ranks
   * @param rowsPerSecond of all ranks
   */
  record Position(int epoch, int step, int steps, double loss, double rowsPerSecond) {
    /** Epochs that are done, such as 2.5. */
    double epochs() {
      return epoch - 1 + (double) step / steps;
    }
  }

  /**
   * What an epoch came to.
   *
   * @param best whether no epoch before was as good
   */
  record Epoch(
      int epoch,
      long step,
      double trainLoss,
      double validationLoss,
      double validationMetric,
      boolean best) {}

  /**
   * How a rank has spent its time.
   *
   * @param seconds all of it
   * @param rows rows that it trained on
   * @param dataSeconds waiting for batches
   * @param communicationSeconds in collectives, waiting for other ranks included
   */
  record RankTime(
      int rank, double seconds, double rows, double dataSeconds, double communicationSeconds) {}
}
