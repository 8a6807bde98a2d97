package dev.lockstep.distributor.training;

import dev.lockstep.data.progress.Phase;
import dev.lockstep.data.progress.PhaseListener;
import dev.lockstep.distributor.loop.EpochReport;
import dev.lockstep.distributor.loop.StepReport;

/**
 * What a program hears of a training while it runs, on the driver; called from Spark's threads, one
 * at a time.
 */
public interface TrainingListener extends PhaseListener {
  /** Hears nothing. */
  TrainingListener NONE = new TrainingListener() {};

  /** A part of the work begins, goes on or ends. */
  @Override
  default void progressed(Phase phase) {}

  /** A rank has taken some steps; about twice a second. */
  default void stepped(String model, int rank, StepReport report) {}

  /** An epoch is done. */
  default void epochEnded(String model, EpochReport report) {}

  /**
   * Whether training ends after an epoch, though it might go on; the best weights so far are kept.
   * Ranks wait for the answer; what this throws ends the training.
   */
  default boolean stopsAfter(String model, EpochReport report) {
    return false;
  }

  /** What a person should read, though nothing went wrong. */
  default void noted(String model, String message) {}

  /** Something went wrong, and does not end the training. */
  default void warned(String message) {}

  /**
   * A rank failed or lost another; all ranks begin again unless no attempt is left.
   *
   * @param attempt the attempt that failed, from 1
   */
  default void attemptFailed(int rank, int attempt, String cause) {}
}
