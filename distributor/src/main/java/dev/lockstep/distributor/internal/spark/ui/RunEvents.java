package dev.lockstep.distributor.internal.spark.ui;

import dev.lockstep.distributor.internal.spark.ui.LockstepEvent.ModelTrained;
import dev.lockstep.distributor.internal.spark.ui.LockstepEvent.RunEnded;
import dev.lockstep.distributor.internal.spark.ui.LockstepEvent.RunStarted;
import dev.lockstep.distributor.internal.spark.ui.LockstepEvent.TrialJudged;
import java.util.Optional;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.LiveListenerBus;

/** Posts how a run goes to Spark's listener bus: a run trains models in a folder of its own. */
public final class RunEvents {
  private final LiveListenerBus bus;
  private final String run;

  /** The events of a run. */
  public RunEvents(SparkContext context, String run) {
    LockstepTab.attach(context);
    this.bus = context.listenerBus();
    this.run = run;
  }

  private static long now() {
    return System.currentTimeMillis();
  }

  /**
   * It begins to train.
   *
   * @param kind {@code training} or {@code comparison}
   * @param command what a person types to run it again
   * @param folder where its results are kept
   */
  public void started(String kind, String command, String folder, String table, long version) {
    bus.post(new RunStarted(run, now(), kind, command, folder, table, version));
  }

  /**
   * A trial of the tuning is judged.
   *
   * @param number the trial's number for its model, from 1
   * @param options what was changed, as JSON
   * @param score the metric on the validation split; NaN if the trial failed
   */
  public void tried(
      String model,
      int number,
      String options,
      String metric,
      double score,
      double seconds,
      Optional<String> failure) {
    bus.post(
        new TrialJudged(
            run, now(), model, number, options, metric, score, seconds, failure.orElse(null)));
  }

  /** A model is trained, a network or a baseline. */
  public void trained(String model, double seconds) {
    bus.post(new ModelTrained(run, now(), model, seconds));
  }

  /** It has ended; with a reason if it failed. */
  public void ended(Optional<String> failure) {
    bus.post(new RunEnded(run, now(), failure.orElse(null)));
  }
}
