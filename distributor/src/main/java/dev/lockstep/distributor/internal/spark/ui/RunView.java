package dev.lockstep.distributor.internal.spark.ui;

import dev.lockstep.distributor.internal.spark.ui.LockstepEvent.ModelTrained;
import dev.lockstep.distributor.internal.spark.ui.LockstepEvent.RunEnded;
import dev.lockstep.distributor.internal.spark.ui.LockstepEvent.RunStarted;
import dev.lockstep.distributor.internal.spark.ui.LockstepEvent.TrialJudged;
import java.util.List;
import org.apache.spark.util.kvstore.KVIndex;

/**
 * What the page shows of a run, in Spark's store.
 *
 * @param id the run's name
 * @param trials its newest trials, at most 500
 * @param models the newest models that are trained, at most 500
 * @param ended null while it has not ended
 */
record RunView(
    String id,
    RunStarted started,
    List<TrialJudged> trials,
    List<ModelTrained> models,
    RunEnded ended) {
  /** The index by time. */
  static final String BY_TIME = "time";

  private static final int MOST = 500;

  RunView(RunStarted started) {
    this(started.run(), started, List.of(), List.of(), null);
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

  RunView with(LockstepEvent.OfRun event) {
    if (event instanceof TrialJudged trial) {
      return new RunView(id, started, Bounded.add(trials, trial, MOST), models, ended);
    }
    if (event instanceof ModelTrained model) {
      return new RunView(id, started, trials, Bounded.add(models, model, MOST), ended);
    }
    return event instanceof RunEnded end ? new RunView(id, started, trials, models, end) : this;
  }
}
