package dev.lockstep.evaluation.comparison;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One time that a model is fitted within a run.
 *
 * @param model the model's name in the run
 * @param part the part of the run that its rows are of: empty, or {@code split-2/} for a further
 *     split
 * @param seed the seed
 * @param trial the tuning's trial that it is for, from 1; empty for a model that is judged
 * @param options the options that were given for it
 */
public record Fit(
    String model, String part, long seed, Optional<Integer> trial, Map<String, Object> options) {
  /** Copies the options. */
  public Fit {
    options = Collections.unmodifiableMap(new TreeMap<>(options));
  }

  /** Its name, which no other one of the run has: {@code mlp/seed-1}, or {@code mlp/trial-3}. */
  public String path() {
    return part + model + trial.map(number -> "/trial-" + number).orElse("/seed-" + seed);
  }

  /**
   * What came of it.
   *
   * @param settings what the model was fitted with, defaults included
   * @param metrics what it is judged by: {@code validation/auc}, {@code test/auc}, and how long it
   *     took, {@code seconds}; NaN where there is no value
   */
  public record Result(Map<String, Object> settings, Map<String, Double> metrics) {
    /** Copies the maps. */
    public Result {
      settings = Collections.unmodifiableMap(new TreeMap<>(settings));
      metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    }
  }
}
