package dev.lockstep.evaluation.report;

import dev.lockstep.evaluation.metrics.MainMetric;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * The two models that a verdict speaks of: of each kind the best on the validation split, so that
 * the test split is asked about one pair alone; without a validation split the best on the test
 * split. A model without a value is not the best.
 *
 * @param network the network
 * @param baseline what it is compared with
 */
public record Finalists(Optional<ModelResult> network, Optional<ModelResult> baseline) {
  /** Chooses by the metric that decides. */
  public static Finalists of(List<ModelResult> models, MainMetric metric) {
    boolean validated = models.stream().noneMatch(m -> Double.isNaN(m.validation()));
    ToDoubleFunction<ModelResult> value =
        validated ? ModelResult::validation : m -> m.metrics().get(metric.name());
    return new Finalists(
        best(models, ModelResult.Kind.network, metric, value),
        best(models, ModelResult.Kind.baseline, metric, value));
  }

  private static Optional<ModelResult> best(
      List<ModelResult> models,
      ModelResult.Kind kind,
      MainMetric metric,
      ToDoubleFunction<ModelResult> value) {
    return models.stream()
        .filter(m -> m.kind() == kind && !Double.isNaN(value.applyAsDouble(m)))
        .max(Comparator.comparingDouble(m -> metric.gain(value.applyAsDouble(m), 0)));
  }
}
