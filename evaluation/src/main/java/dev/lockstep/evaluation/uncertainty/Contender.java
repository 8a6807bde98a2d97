package dev.lockstep.evaluation.uncertainty;

import dev.lockstep.evaluation.metrics.Reweighted;
import dev.lockstep.evaluation.metrics.Scores;
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

  /** The metric that decides, of each seed. */
  double[] metrics() {
    double[] weight = bySeed.get(0).weights();
    return bySeed.stream().mapToDouble(s -> Reweighted.main(s).of(weight)).toArray();
  }
}
