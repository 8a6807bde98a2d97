package dev.lockstep.evaluation.uncertainty;

import dev.lockstep.evaluation.metrics.Influence;
import dev.lockstep.evaluation.metrics.MainMetric;
import java.util.List;
import java.util.Optional;
import org.apache.commons.math3.stat.StatUtils;

/** A model with its metric on the test split and what each row does to that, means over seeds. */
final class Judged {
  private final double[] metrics;
  private final double[] influence;
  private final Influence groups;

  Judged(Contender contender, MainMetric metric) {
    this.metrics = contender.metrics(metric);
    List<Influence> bySeed = contender.bySeed().stream().map(s -> Influence.of(s, metric)).toList();
    this.groups = bySeed.get(0);
    this.influence = new double[contender.bySeed().get(0).rows()];
    for (Influence own : bySeed) {
      for (int row = 0; row < influence.length; row++) {
        influence[row] += own.of(row) / metrics.length;
      }
    }
  }

  double metric() {
    return StatUtils.mean(metrics);
  }

  double influence(int row) {
    return influence[row];
  }

  /** The groups of the rows, the same for all models of the same rows. */
  Influence groups() {
    return groups;
  }

  int rows() {
    return influence.length;
  }

  /** Variance of the mean over seeds; nothing for one seed, or where no seed changes anything. */
  Optional<Variance> ofSeeds() {
    double variance = metrics.length < 2 ? 0 : StatUtils.variance(metrics) / metrics.length;
    return variance > 0
        ? Optional.of(new Variance(variance, metrics.length - 1.0))
        : Optional.empty();
  }
}
