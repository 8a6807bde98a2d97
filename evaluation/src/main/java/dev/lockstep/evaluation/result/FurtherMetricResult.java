package dev.lockstep.evaluation.result;

import dev.lockstep.evaluation.uncertainty.Contrasts;
import java.util.List;

/**
 * Another metric of a finished comparison, of the predictions that it kept.
 *
 * @param runId the comparison
 * @param metric the metric
 * @param models all models, in the comparison's order
 * @param contrasts how much better each is than each that follows, and how sure that is
 */
public record FurtherMetricResult(
    String runId, String metric, List<Model> models, Contrasts contrasts) {
  /** Copies the list. */
  public FurtherMetricResult {
    models = List.copyOf(models);
  }

  /**
   * A model.
   *
   * @param value the metric on the test split, mean over seeds and splits
   * @param values of each seed of each split, all seeds of a split together
   */
  public record Model(String name, ModelResult.Kind kind, double value, List<Double> values) {
    /** Copies the list. */
    public Model {
      values = List.copyOf(values);
    }
  }
}
