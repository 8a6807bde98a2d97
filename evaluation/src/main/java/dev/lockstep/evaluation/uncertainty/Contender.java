package dev.lockstep.evaluation.uncertainty;

import dev.lockstep.evaluation.metrics.MainMetric;
import dev.lockstep.evaluation.metrics.Reweighted;
import dev.lockstep.evaluation.metrics.Scores;
import dev.lockstep.evaluation.metrics.TestMetrics;
import java.util.List;

/**
 * A model with its predictions of the test rows.
 *
 * @param name its name
 * @param bySeed its predictions, once a seed
 */
public record Contender(String name, List<Scores> bySeed) {
  /** Copies the list and checks that all seeds were judged on the same rows. */
  public Contender {
    bySeed = List.copyOf(bySeed);
    bySeed.forEach(bySeed.get(0)::checkSameRows);
  }

  /** A metric, of each seed. */
  public double[] metrics(MainMetric metric) {
    if (!metric.equals(MainMetric.of(bySeed.get(0).task()))) {
      return bySeed.stream().mapToDouble(s -> TestMetrics.of(s).get(metric.name())).toArray();
    }
    double[] weight = bySeed.get(0).weights();
    return bySeed.stream().mapToDouble(s -> Reweighted.main(s).of(weight)).toArray();
  }
}
