package dev.lockstep.distributor.experiment;

import java.util.Optional;

/**
 * The budget under which each model, network or baseline, looks for better options on the
 * validation split.
 *
 * @param trials largest number of trials a model, the first with the options that the file says
 * @param minutes after so many a model begins no further trial; no limit where nothing is said
 * @param metric what the validation split is judged by; the task's own where nothing is said
 */
public record TuningSpec(Integer trials, Double minutes, String metric) {
  private static final int MOST = 10_000;

  /** Checks the budget. */
  public TuningSpec {
    if (trials != null && (trials < 1 || trials > MOST)) {
      throw new IllegalArgumentException(
          "tuning.trials must be from 1 to %d, but is %d".formatted(MOST, trials));
    }
    if (minutes != null && !(minutes > 0)) {
      throw new IllegalArgumentException("tuning.minutes must be above 0, but is " + minutes);
    }
    if (trials == null && minutes == null) {
      throw new IllegalArgumentException("tuning needs a budget: say trials, minutes, or both");
    }
  }

  /** The number of trials that are never exceeded. */
  public int mostTrials() {
    return trials == null ? MOST : trials;
  }

  /** The seconds after which no trial begins; infinite where there is no limit. */
  public double mostSeconds() {
    return minutes == null ? Double.POSITIVE_INFINITY : minutes * 60;
  }

  /** The metric, where one is given. */
  public Optional<String> givenMetric() {
    return Optional.ofNullable(metric);
  }
}
