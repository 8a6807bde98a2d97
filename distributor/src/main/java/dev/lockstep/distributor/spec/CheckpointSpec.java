package dev.lockstep.distributor.spec;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.Serializable;
import java.time.Duration;

/**
 * When to keep what.
 *
 * @param directory folder on any Hadoop file system that all ranks reach, in which each training
 *     has one of its own; null for one beside the model
 * @param everySteps steps between checkpoints; null for one an epoch
 * @param everySeconds seconds between checkpoints instead
 * @param keep how many of the last to keep, 2 by default
 * @param timeoutSeconds after how many seconds a write that does not end is given up; null for
 *     {@link #TIMEOUT_SECONDS}. Left out of JSON where it is null, as it names no training.
 */
public record CheckpointSpec(
    String directory,
    Integer everySteps,
    Double everySeconds,
    Integer keep,
    @JsonInclude(JsonInclude.Include.NON_NULL) Double timeoutSeconds)
    implements Serializable {
  /** Seconds after which a write is given up where nothing is said. */
  public static final double TIMEOUT_SECONDS = 120;

  /** Checks that the numbers are positive. */
  public CheckpointSpec {
    keep = keep == null ? 2 : keep;
    boolean stepsWrong = everySteps != null && everySteps < 1;
    boolean secondsWrong = everySeconds != null && !(everySeconds > 0);
    boolean timeoutWrong = timeoutSeconds != null && !(timeoutSeconds > 0);
    if (keep < 1 || stepsWrong || secondsWrong || timeoutWrong) {
      throw new IllegalArgumentException(
          "training.checkpoint: keep, everySteps, everySeconds and timeoutSeconds must be positive");
    }
  }

  /** After how long a write that does not end is given up. */
  public Duration timeout() {
    double seconds = timeoutSeconds == null ? TIMEOUT_SECONDS : timeoutSeconds;
    return Duration.ofMillis((long) (seconds * 1e3));
  }
}
