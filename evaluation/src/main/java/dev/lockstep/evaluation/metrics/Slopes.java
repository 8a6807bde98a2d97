package dev.lockstep.evaluation.metrics;

import java.util.Arrays;

/**
 * Derivatives of metrics by the rows' weights, for those that are no mean of the rows and no single
 * ROC AUC. All of them are the same if all weights are multiplied by one number, so that weights
 * times derivatives add up to zero.
 */
final class Slopes {
  private final Scores scores;
  private final double[] weight;
  private final double all;

  Slopes(Scores scores) {
    this.scores = scores;
    this.weight = scores.weights();
    this.all = Arrays.stream(weight).sum();
  }

  /**
   * The derivatives of a metric, row by row. {@code ece} has a kink where a bin's gap is zero;
   * there the bin counts nothing.
   *
   * @throws IllegalArgumentException if it is another metric
   */
  double[] of(String metric) {
    int classes = scores.classes().size();
    return switch (metric) {
      case "f1" -> f1(1, new double[1]);
      case "prAuc" -> scores.ranking(1).averagePrecisionSlopes(weight);
      case "r2" -> r2();
      case "ece" -> calibrationError();
      case "macroF1" -> macro(c -> f1(c, new double[1]));
      case "macroAuc" -> macro(c -> auc(c, new double[1]));
      case "macroPrAuc" -> macro(c -> scores.ranking(c).averagePrecisionSlopes(weight));
      case "weightedF1" -> weighted(this::f1, classes);
      case "weightedAuc" -> weighted(this::auc, classes);
      default -> throw new IllegalArgumentException("expected a metric of a task, not " + metric);
    };
  }

  private interface OfClass {
    double[] slopes(int of);
  }

  /** Gives the slopes, and the metric itself in the array. */
  private interface ValuedOfClass {
    double[] slopes(int of, double[] value);
  }

  private double[] macro(OfClass metric) {
    int classes = scores.classes().size();
    double[] mean = new double[weight.length];
    for (int c = 0; c < classes; c++) {
      double[] own = metric.slopes(c);
      Arrays.setAll(mean, i -> mean[i] + own[i] / classes);
    }
    return mean;
  }

  /** Classes count by their rows, whose weights move the mean, too. */
  private double[] weighted(ValuedOfClass metric, int classes) {
    double[] mean = new double[weight.length];
    double[] value = new double[classes];
    double whole = 0;
    for (int c = 0; c < classes; c++) {
      double[] one = new double[1];
      double[] own = metric.slopes(c, one);
      double share = scores.ranking(c).positives(weight) / all;
      Arrays.setAll(mean, i -> mean[i] + own[i] * share);
      value[c] = one[0];
      whole += one[0] * share;
    }
    double total = whole;
    Arrays.setAll(mean, i -> mean[i] + (value[(int) scores.label(i)] - total) / all);
    return mean;
  }

  private double[] f1(int of, double[] value) {
    double right = 0;
    double both = 0;
    for (int i = 0; i < weight.length; i++) {
      right += isRight(of, i) ? weight[i] : 0;
      both += weight[i] * times(of, i);
    }
    double f1 = right == 0 ? 0 : 2 * right / both;
    double rows = both;
    value[0] = f1;
    double[] slopes = new double[weight.length];
    Arrays.setAll(
        slopes, i -> rows == 0 ? 0 : ((isRight(of, i) ? 2 : 0) - f1 * times(of, i)) / rows);
    return slopes;
  }

  private boolean isRight(int of, int row) {
    return scores.label(row) == of && scores.likeliest(row) == of;
  }

  /** How often a row is of the class: by its label, and by its prediction. */
  private int times(int of, int row) {
    return (scores.label(row) == of ? 1 : 0) + (scores.likeliest(row) == of ? 1 : 0);
  }

  private double[] auc(int of, double[] value) {
    Ranking ranking = scores.ranking(of);
    double auc = ranking.auc(weight);
    double positives = ranking.positives(weight);
    double negatives = ranking.negatives(weight);
    value[0] = auc;
    double[] slopes = ranking.placements(weight);
    Arrays.setAll(slopes, i -> (slopes[i] - auc) / (scores.label(i) == of ? positives : negatives));
    return slopes;
  }

  private double[] r2() {
    double[] squared = RowLoss.squared(scores);
    double mean = 0;
    for (int i = 0; i < weight.length; i++) {
      mean += weight[i] * scores.label(i) / all;
    }
    double[] apart = new double[weight.length];
    double error = 0;
    double spread = 0;
    for (int i = 0; i < weight.length; i++) {
      apart[i] = (scores.label(i) - mean) * (scores.label(i) - mean);
      error += weight[i] * squared[i];
      spread += weight[i] * apart[i];
    }
    double ratio = error / spread;
    double sum = spread;
    Arrays.setAll(squared, i -> (ratio * apart[i] - squared[i]) / sum);
    return squared;
  }

  private double[] calibrationError() {
    double[] gap = new double[TestMetrics.BINS];
    double[] own = new double[weight.length];
    for (int i = 0; i < own.length; i++) {
      own[i] = TestMetrics.happened(scores, i) - TestMetrics.promised(scores, i);
      gap[TestMetrics.bin(TestMetrics.promised(scores, i))] += weight[i] * own[i];
    }
    double error = Arrays.stream(gap).map(Math::abs).sum() / all;
    Arrays.setAll(
        own,
        i ->
            (Math.signum(gap[TestMetrics.bin(TestMetrics.promised(scores, i))]) * own[i] - error)
                / all);
    return own;
  }
}
