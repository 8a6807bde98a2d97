package dev.lockstep.evaluation.metrics;

import dev.lockstep.data.Task;
import java.util.Set;

/**
 * Which metric decides, and which way is better.
 *
 * @param name the metric
 */
public record MainMetric(String name) {
  private static final Set<String> LOWER =
      Set.of("logLoss", "brier", "ece", "rmse", "mae", "pinball10", "pinball90");

  /** The metric that decides a task. */
  public static MainMetric of(Task task) {
    return new MainMetric(
        switch (task) {
          case BINARY -> "auc";
          case MULTICLASS -> "accuracy";
          case REGRESSION -> "rmse";
        });
  }

  /** Whether a lower value is better. */
  public boolean lowerIsBetter() {
    return LOWER.contains(name);
  }

  /** How much better a value is than another, in the metric's own units. */
  public double gain(double value, double than) {
    return lowerIsBetter() ? than - value : value - than;
  }
}
