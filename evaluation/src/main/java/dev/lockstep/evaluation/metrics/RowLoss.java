package dev.lockstep.evaluation.metrics;

import dev.lockstep.data.Task;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** Losses of single rows: their weighted means are metrics. */
public final class RowLoss {
  private static final double LEAST_PROBABILITY = 1e-15;

  private RowLoss() {}

  /** Minus the logarithm of the probability of the label, with no probability below 1e-15. */
  static double[] logLoss(Scores scores) {
    return each(
        scores,
        i -> {
          double likelihood = scores.probability((int) scores.label(i), i);
          return -StrictMath.log(Math.max(likelihood, LEAST_PROBABILITY));
        });
  }

  /** 1 where the likeliest class is not the label. */
  public static double[] wrong(Scores scores) {
    return each(scores, i -> scores.likeliest(i) == scores.label(i) ? 0 : 1);
  }

  static double[] squared(Scores scores) {
    return each(
        scores,
        i -> {
          double error = scores.label(i) - scores.predicted(i);
          return error * error;
        });
  }

  static double[] absolute(Scores scores) {
    return each(scores, i -> Math.abs(scores.label(i) - scores.predicted(i)));
  }

  /**
   * The pinball loss of a prediction that is taken for a quantile (Koenker and Bassett, "Regression
   * Quantiles", Econometrica 1978).
   */
  static double[] pinball(Scores scores, double quantile) {
    return each(
        scores,
        i -> {
          double error = scores.label(i) - scores.predicted(i);
          return error >= 0 ? quantile * error : (quantile - 1) * error;
        });
  }

  /** Squares of probabilities minus what happened: over the classes, of two only the positive. */
  static double[] brier(Scores scores) {
    int first = scores.task() == Task.BINARY ? 1 : 0;
    return each(
        scores,
        i -> {
          double sum = 0;
          for (int c = first; c < scores.classes().size(); c++) {
            double gap = scores.probability(c, i) - (scores.label(i) == c ? 1 : 0);
            sum += gap * gap;
          }
          return sum;
        });
  }

  private static double[] each(Scores scores, IntToDoubleFunction loss) {
    return IntStream.range(0, scores.rows()).mapToDouble(loss).toArray();
  }
}
