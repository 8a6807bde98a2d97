package dev.lockstep.evaluation.metrics;

/**
 * A metric of scored rows as a function of their weights: asked for again and again, so whatever
 * does not depend on the weights is done once.
 */
@FunctionalInterface
public interface Reweighted {
  /**
   * The metric.
   *
   * @param weight weights of the rows, in the order of {@link Scores}
   */
  double of(double[] weight);

  /** The metric that decides a task, of these rows. */
  static Reweighted main(Scores scores) {
    return switch (scores.task()) {
      case BINARY -> scores.ranking(1)::auc;
      case MULTICLASS -> mean(RowLoss.wrong(scores), false, 1, -1);
      case REGRESSION -> mean(RowLoss.squared(scores), true, 0, 1);
    };
  }

  private static Reweighted mean(double[] values, boolean root, double plus, double times) {
    return weight -> {
      double sum = 0;
      double all = 0;
      for (int i = 0; i < values.length; i++) {
        sum += weight[i] * values[i];
        all += weight[i];
      }
      double mean = sum / all;
      return plus + times * (root ? Math.sqrt(mean) : mean);
    };
  }
}
