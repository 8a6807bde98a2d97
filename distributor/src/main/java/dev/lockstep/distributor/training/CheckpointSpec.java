package dev.lockstep.distributor.training;

import java.io.Serializable;

/**
 * When to keep what.
 *
 * @param directory folder on any Hadoop file system that all ranks reach; null for one beside the
 *     model
 * @param everySteps steps between checkpoints; null for one an epoch
 * @param everySeconds seconds between checkpoints instead
 * @param keep how many of the last to keep, 2 by default
 */
public record CheckpointSpec(
    String directory, Integer everySteps, Double everySeconds, Integer keep)
    implements Serializable {
  /** Checks that the numbers are positive. */
  public CheckpointSpec {
    keep = keep == null ? 2 : keep;
    boolean stepsWrong = everySteps != null && everySteps < 1;
    boolean secondsWrong = everySeconds != null && everySeconds <= 0;
    if (keep < 1 || stepsWrong || secondsWrong) {
      throw new IllegalArgumentException(
          "training.checkpoint: keep, everySteps and everySeconds must be positive");
    }
  }
}
