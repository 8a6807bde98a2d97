package dev.lockstep.evaluation.metrics;

import java.util.Arrays;

/**
 * How much each row moves a metric: the metric's derivative by the share of a row in the weights,
 * times that share. Its squares add up to the metric's variance over other rows (Efron and
 * Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 22); of an AUC they are the
 * components of DeLong, DeLong and Clarke-Pearson (Biometrics 1988).
 *
 * <p>Rows are in groups within which the influences add up to zero: of a ranking the classes, else
 * all rows are one group.
 */
public final class Influence {
  private final double[] values;
  private final int[] group;
  private final int groups;

  private Influence(double[] values, int[] group, int groups) {
    this.values = values;
    this.group = group;
    this.groups = groups;
  }

  /** Of a metric of {@link TestMetrics}; NaN where the metric has no value. */
  public static Influence of(Scores scores, MainMetric metric) {
    return switch (metric.name()) {
      case "auc" -> ranking(scores);
      case "accuracy" -> mean(scores, RowLoss.wrong(scores), -1);
      case "logLoss" -> mean(scores, RowLoss.logLoss(scores), 1);
      case "brier" -> mean(scores, RowLoss.brier(scores), 1);
      case "mae" -> mean(scores, RowLoss.absolute(scores), 1);
      case "pinball10" -> mean(scores, RowLoss.pinball(scores, 0.1), 1);
      case "pinball90" -> mean(scores, RowLoss.pinball(scores, 0.9), 1);
      case "rmse" -> {
        double[] squared = RowLoss.squared(scores);
        double rmse = Reweighted.main(scores).of(scores.weights());
        yield mean(scores, squared, rmse == 0 ? 0 : 1 / (2 * rmse));
      }
      default -> oneGroup(new Slopes(scores).of(metric.name()), scores.weights());
    };
  }

  private static Influence oneGroup(double[] slopes, double[] weight) {
    double[] influence = new double[slopes.length];
    Arrays.setAll(influence, i -> weight[i] * slopes[i]);
    return new Influence(influence, new int[slopes.length], 1);
  }

  private static Influence ranking(Scores scores) {
    double[] weight = scores.weights();
    Ranking ranking = scores.ranking(1);
    double[] values = ranking.placements(weight);
    double auc = ranking.auc(weight);
    double positives = ranking.positives(weight);
    double negatives = ranking.negatives(weight);
    int[] group = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      group[i] = (int) scores.label(i);
      values[i] = weight[i] * (values[i] - auc) / (group[i] == 1 ? positives : negatives);
    }
    return new Influence(values, group, 2);
  }

  private static Influence mean(Scores scores, double[] values, double slope) {
    double[] weight = scores.weights();
    double all = Arrays.stream(weight).sum();
    double mean = 0;
    for (int i = 0; i < values.length; i++) {
      mean += weight[i] / all * values[i];
    }
    double[] influence = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      influence[i] = slope * weight[i] / all * (values[i] - mean);
    }
    return new Influence(influence, new int[values.length], 1);
  }

  /** Of a row, in units of the metric. */
  public double of(int row) {
    return values[row];
  }

  /** The group of a row. */
  public int group(int row) {
    return group[row];
  }

  /** Number of groups. */
  public int groups() {
    return groups;
  }
}
