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
import dev.lockstep.distributor.loop.EpochReport;
import dev.lockstep.distributor.loop.RankResult;
import dev.lockstep.distributor.loop.StepReport;
import dev.lockstep.distributor.loop.TrainingPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.LiveListenerBus;

/**
 * Posts how one training goes to Spark's listener bus. What ranks tell twice a second is gathered:
 * there is an event a second at most, and after 100 seconds one for each hundredth of the time so
 * far, but one each half minute.
 */
public final class TrainingEvents {
  private static final long LEAST_NANOS = 1_000_000_000L;
  private static final long MOST_NANOS = 30_000_000_000L;
  private static final int PARTS = 100;

  private final LiveListenerBus bus;
  private final String training = UUID.randomUUID().toString();
  private final long fromNanos = System.nanoTime();
  private long postedNanos = fromNanos - LEAST_NANOS;
  private Position position;
  private final List<Epoch> epochs = new ArrayList<>();
  private final List<Long> checkpoints = new ArrayList<>();
  private final TreeMap<Integer, RankTime> ranks = new TreeMap<>();

  /** The events of a training that begins now; gives Spark's pages the tab that shows them. */
  public TrainingEvents(SparkContext context, TrainingPlan plan) {
    LockstepTab.attach(context);
    bus = context.listenerBus();
    bus.post(
        new TrainingStarted(
            training,
            now(),
            plan.model(),
            plan.isKept() ? plan.folder().path() : null,
            plan.training().parallelism().ranks(),
            plan.training().stopping().epochs(),
            plan.seed(),
            plan.training().stopping().metric().name().toLowerCase(Locale.ROOT)));
  }

  private static long now() {
    return System.currentTimeMillis();
  }

  /** Ranks begin, for the time that is counted from 1. */
  public synchronized void attemptStarted(int attempt) {
    advanced();
    ranks.clear();
    bus.post(new AttemptStarted(training, now(), attempt));
  }

  /** A rank failed, and with it the attempt. */
  public synchronized void attemptFailed(int rank, int attempt, String cause) {
    advanced();
    bus.post(new AttemptFailed(training, now(), attempt, rank, cause));
  }

  /** A rank has taken steps. */
  public synchronized void stepped(int rank, StepReport report) {
    position =
        new Position(
            report.epoch(), report.step(), report.steps(), report.loss(), report.rowsPerSecond());
    double seconds = report.seconds();
    RankTime before = ranks.getOrDefault(rank, new RankTime(rank, 0, 0, 0, 0));
    ranks.put(
        rank,
        new RankTime(
            rank,
            before.seconds() + seconds,
            before.rows() + seconds * report.ownRowsPerSecond(),
            before.dataSeconds() + seconds * report.dataShare(),
            before.communicationSeconds() + seconds * report.communicationShare()));
    advancedIfDue();
  }

  /** An epoch has ended. */
  public synchronized void epochEnded(EpochReport report) {
    epochs.add(
        new Epoch(
            report.epoch(),
            report.step(),
            report.trainLoss(),
            report.validationLoss(),
            report.validationMetric(),
            report.best()));
    advancedIfDue();
  }

  /** The checkpoint after a step is written. */
  public synchronized void checkpointed(long step) {
    checkpoints.add(step);
    advancedIfDue();
  }

  /** What a person should read. */
  public synchronized void noted(String message) {
    bus.post(new TrainingNoted(training, now(), false, message));
  }

  /** Something went wrong, and does not end the training. */
  public synchronized void warned(String message) {
    bus.post(new TrainingNoted(training, now(), true, message));
  }

  /** The training has ended well. */
  public synchronized void ended(RankResult result) {
    advanced();
    bus.post(new TrainingEnded(training, now(), null, result.bestEpoch(), result.weightsSha256()));
  }

  /** The training has failed. */
  public synchronized void failed(Throwable cause) {
    advanced();
    bus.post(new TrainingEnded(training, now(), String.valueOf(cause.getMessage()), 0, null));
  }

  private void advancedIfDue() {
    long now = System.nanoTime();
    long pause = Math.min(Math.max((now - fromNanos) / PARTS, LEAST_NANOS), MOST_NANOS);
    if (now - postedNanos >= pause) {
      advanced();
    }
  }

  private void advanced() {
    if (position == null && epochs.isEmpty() && checkpoints.isEmpty()) {
      return;
    }
    bus.post(
        new TrainingAdvanced(
            training,
            now(),
            position,
            List.copyOf(epochs),
            List.copyOf(ranks.values()),
            List.copyOf(checkpoints)));
    position = null;
    epochs.clear();
    checkpoints.clear();
    postedNanos = System.nanoTime();
  }
}
