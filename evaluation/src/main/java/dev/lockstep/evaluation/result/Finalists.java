package dev.lockstep.evaluation.result;

import dev.lockstep.evaluation.metrics.MainMetric;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The two models that a verdict compares: of each kind the best on the validation split, so that
 * the test split judges one pair alone. Where no model of a kind has a validation metric, above all
 * without validation rows, it is the one that the file names first: test rows never choose.
 *
 * @param network the network
 * @param baseline what it is compared with
 * @param unchosen whether there were several models of a kind and no validation metric to choose by
 */
public record Finalists(
    Optional<ModelResult> network, Optional<ModelResult> baseline, boolean unchosen) {
  /** Chooses by the metric that decides. */
  public static Finalists of(List<ModelResult> models, MainMetric metric) {
    List<ModelResult> networks = of(models, ModelResult.Kind.network);
    List<ModelResult> baselines = of(models, ModelResult.Kind.baseline);
    return new Finalists(
        best(networks, metric), best(baselines, metric), unchosen(networks) || unchosen(baselines));
  }

  private static List<ModelResult> of(List<ModelResult> models, ModelResult.Kind kind) {
    return models.stream().filter(m -> m.kind() == kind).toList();
  }

  private static Optional<ModelResult> best(List<ModelResult> models, MainMetric metric) {
    return models.stream()
        .filter(Finalists::validated)
        .max(Comparator.comparingDouble(m -> metric.gain(m.validation(), 0)))
        .or(() -> models.stream().findFirst());
  }

  private static boolean unchosen(List<ModelResult> models) {
    return models.size() > 1 && models.stream().noneMatch(Finalists::validated);
  }

  private static boolean validated(ModelResult model) {
    return !Double.isNaN(model.validation());
  }
}
