package dev.lockstep.evaluation.tuning;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Options that were tried.
 *
 * @param number from 1; the first has the options that the experiment file says
 * @param changed what was different from those
 * @param score metric on the validation split; NaN where the trial failed or it has no value
 * @param seconds how long fitting and judging took
 * @param failure why it failed, if it did
 */
public record Trial(
    int number,
    Map<String, Object> changed,
    double score,
    double seconds,
    Optional<String> failure) {
  /** Copies the options, keeping their order. */
  public Trial {
    changed = Collections.unmodifiableMap(new LinkedHashMap<>(changed));
  }

  boolean succeeded() {
    return failure.isEmpty();
  }
}
