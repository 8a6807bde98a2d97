package dev.lockstep.distributor.internal.spark.ui;

import dev.lockstep.distributor.internal.spark.ui.LockstepEvent.AttemptFailed;
import dev.lockstep.distributor.internal.spark.ui.LockstepEvent.AttemptStarted;
import dev.lockstep.distributor.internal.spark.ui.LockstepEvent.Epoch;
import dev.lockstep.distributor.internal.spark.ui.LockstepEvent.Position;
import dev.lockstep.distributor.internal.spark.ui.LockstepEvent.RankTime;
import dev.lockstep.distributor.internal.spark.ui.LockstepEvent.TrainingAdvanced;
import dev.lockstep.distributor.internal.spark.ui.LockstepEvent.TrainingEnded;
import dev.lockstep.distributor.internal.spark.ui.LockstepEvent.TrainingNoted;
import dev.lockstep.distributor.internal.spark.ui.LockstepEvent.TrainingStarted;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.util.kvstore.KVIndex;

/**
 * What the page shows of the training of one network, in Spark's store.
 *
 * @param id names the training
 * @param lastTime when the last event happened, in milliseconds since 1970
 * @param attempts its newest attempts, at most 100
 * @param position where it is; null before the first step
 * @param curves its losses
 * @param best the epoch that was best so far; null if there is none
 * @param ranks how ranks have spent their time since the attempt began
 * @param checkpoints the checkpoints of the training
 * @param notes its newest notes, at most 50
 * @param ended null while it has not ended
 */
record TrainingView(
    String id,
    TrainingStarted started,
    long lastTime,
    List<Attempt> attempts,
    Position position,
    Curves curves,
    Epoch best,
    List<RankTime> ranks,
    Checkpoints checkpoints,
    List<TrainingNoted> notes,
    TrainingEnded ended) {
  /** The index by time. */
  static final String BY_TIME = "time";

  private static final int MOST_ATTEMPTS = 100;
  private static final int MOST_NOTES = 50;
  private static final int MOST_CHECKPOINTS = 10;

  /**
   * An attempt.
   *
   * @param number which, from 1
   * @param time when it began
   * @param failure null if it has not failed, or no rank has told why
   */
  record Attempt(int number, long time, AttemptFailed failure) {}

  /**
   * Curves over epochs.
   *
   * @param training mean training loss of the epoch so far
   * @param validation validation loss
   * @param metric what early stopping watches
   */
  record Curves(Curve training, Curve validation, Curve metric) {
    private Curves with(TrainingAdvanced event) {
      Curve train = training;
      Curve loss = validation;
      Curve watched = metric;
      for (Epoch epoch : event.epochs()) {
        train = train.with(epoch.epoch(), epoch.trainLoss());
        loss = loss.with(epoch.epoch(), epoch.validationLoss());
        watched = watched.with(epoch.epoch(), epoch.validationMetric());
      }
      Position now = event.position();
      return new Curves(now == null ? train : train.with(now.epochs(), now.loss()), loss, watched);
    }
  }

  /**
   * Checkpoints of a training.
   *
   * @param count how many have been written
   * @param newest the newest ten
   */
  record Checkpoints(long count, List<Checkpoint> newest) {
    private Checkpoints with(TrainingAdvanced event) {
      List<Checkpoint> all = newest;
      for (long step : event.checkpoints()) {
        all = Bounded.add(all, new Checkpoint(step, event.time()), MOST_CHECKPOINTS);
      }
      return new Checkpoints(count + event.checkpoints().size(), all);
    }
  }

  /** The checkpoint after so many steps, and when the driver knew it. */
  record Checkpoint(long step, long time) {}

  TrainingView(TrainingStarted started) {
    this(
        started.training(),
        started,
        started.time(),
        List.of(),
        null,
        new Curves(Curve.EMPTY, Curve.EMPTY, Curve.EMPTY),
        null,
        List.of(),
        new Checkpoints(0, List.of()),
        List.of(),
        null);
  }

  @KVIndex
  @Override
  public String id() {
    return id;
  }

  @KVIndex(BY_TIME)
  long time() {
    return started.time();
  }

  boolean isRunning() {
    return ended == null;
  }

  TrainingView with(LockstepEvent.OfTraining event) {
    if (event instanceof TrainingAdvanced advanced) {
      return with(advanced);
    }
    List<Attempt> tries = attempts;
    List<RankTime> times = ranks;
    if (event instanceof AttemptStarted began) {
      tries = Bounded.add(tries, new Attempt(began.attempt(), began.time(), null), MOST_ATTEMPTS);
      times = List.of();
    } else if (event instanceof AttemptFailed failed) {
      tries = failed(failed);
    }
    return new TrainingView(
        id,
        started,
        event.time(),
        tries,
        position,
        curves,
        best,
        times,
        checkpoints,
        event instanceof TrainingNoted note ? Bounded.add(notes, note, MOST_NOTES) : notes,
        event instanceof TrainingEnded end ? end : ended);
  }

  private List<Attempt> failed(AttemptFailed event) {
    List<Attempt> tries = new ArrayList<>(attempts);
    tries.replaceAll(
        a -> a.number() == event.attempt() ? new Attempt(a.number(), a.time(), event) : a);
    return List.copyOf(tries);
  }

  private TrainingView with(TrainingAdvanced event) {
    Epoch better = best;
    for (Epoch epoch : event.epochs()) {
      better = epoch.best() ? epoch : better;
    }
    return new TrainingView(
        id,
        started,
        event.time(),
        attempts,
        event.position() == null ? position : event.position(),
        curves.with(event),
        better,
        event.ranks(),
        checkpoints.with(event),
        notes,
        ended);
  }
}
