package dev.lockstep.evaluation.metrics;

import dev.lockstep.data.Task;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;

/** Metrics of scored rows, weighted and exact; NaN where a metric has no value. */
public final class TestMetrics {
  static final int BINS = 10;

  private final Scores scores;
  private final double[] weight;
  private final Map<String, Double> metrics = new LinkedHashMap<>();

  private TestMetrics(Scores scores) {
    this.scores = scores;
    this.weight = scores.weights();
  }

  /**
   * The metrics of a task, most telling first.
   *
   * <p>Binary: {@code auc}, {@code prAuc} (average precision), {@code logLoss}, {@code accuracy},
   * {@code f1}, {@code brier}, {@code ece} (in ten bins of equal width). Multiclass: {@code
   * accuracy}, {@code logLoss}, {@code macroF1}, {@code weightedF1}, {@code macroAuc}, {@code
   * weightedAuc}, {@code macroPrAuc} (one class against the rest), {@code brier} (summed over the
   * classes), {@code ece} (of the likeliest class). Regression: {@code rmse}, {@code mae}, {@code
   * r2}, {@code pinball10} and {@code pinball90} (the prediction taken for that percentile; that of
   * the median is half of {@code mae}).
   *
   * <p>Ranking metrics are NaN where the rows lack a class, {@code r2} where all labels are equal.
   */
  public static Map<String, Double> of(Scores scores) {
    TestMetrics metrics = new TestMetrics(scores);
    switch (scores.task()) {
      case BINARY -> metrics.binary();
      case MULTICLASS -> metrics.multiclass();
      case REGRESSION -> metrics.regression();
    }
    return metrics.metrics;
  }

  /** The names of a task's metrics, in their order. */
  public static List<String> names(Task task) {
    return switch (task) {
      case BINARY -> List.of("auc", "prAuc", "logLoss", "accuracy", "f1", "brier", "ece");
      case MULTICLASS ->
          List.of(
              "accuracy",
              "logLoss",
              "macroF1",
              "weightedF1",
              "macroAuc",
              "weightedAuc",
              "macroPrAuc",
              "brier",
              "ece");
      case REGRESSION -> List.of("rmse", "mae", "r2", "pinball10", "pinball90");
    };
  }

  private void binary() {
    Ranking ranking = scores.ranking(1);
    double[][] confusion = confusion();
    metrics.put("auc", ranking.auc(weight));
    metrics.put("prAuc", ranking.averagePrecision(weight));
    metrics.put("logLoss", mean(RowLoss.logLoss(scores)));
    metrics.put("accuracy", 1 - mean(RowLoss.wrong(scores)));
    metrics.put("f1", f1(confusion, 1));
    metrics.put("brier", mean(RowLoss.brier(scores)));
    metrics.put("ece", calibrationError());
  }

  private void multiclass() {
    double[][] confusion = confusion();
    int classes = confusion.length;
    double all = 0;
    double macroF1 = 0;
    double weightedF1 = 0;
    double macroAuc = 0;
    double weightedAuc = 0;
    double macroPrAuc = 0;
    for (int c = 0; c < classes; c++) {
      Ranking ranking = scores.ranking(c);
      double own = ranking.positives(weight);
      double f1 = f1(confusion, c);
      double auc = ranking.auc(weight);
      all += own;
      macroF1 += f1 / classes;
      weightedF1 += f1 * own;
      macroAuc += auc / classes;
      weightedAuc += auc * own;
      macroPrAuc += ranking.averagePrecision(weight) / classes;
    }
    metrics.put("accuracy", 1 - mean(RowLoss.wrong(scores)));
    metrics.put("logLoss", mean(RowLoss.logLoss(scores)));
    metrics.put("macroF1", macroF1);
    metrics.put("weightedF1", weightedF1 / all);
    metrics.put("macroAuc", macroAuc);
    metrics.put("weightedAuc", weightedAuc / all);
    metrics.put("macroPrAuc", macroPrAuc);
    metrics.put("brier", mean(RowLoss.brier(scores)));
    metrics.put("ece", calibrationError());
  }

  private void regression() {
    double mean = mean(values(scores::label));
    double squares = mean(RowLoss.squared(scores));
    double spread = mean(values(i -> (scores.label(i) - mean) * (scores.label(i) - mean)));
    double first = scores.label(0);
    boolean constant = Arrays.stream(values(scores::label)).allMatch(l -> l == first);
    metrics.put("rmse", Math.sqrt(squares));
    metrics.put("mae", mean(RowLoss.absolute(scores)));
    metrics.put("r2", constant ? Double.NaN : 1 - squares / spread);
    metrics.put("pinball10", mean(RowLoss.pinball(scores, 0.1)));
    metrics.put("pinball90", mean(RowLoss.pinball(scores, 0.9)));
  }

  private double[] values(IntToDoubleFunction value) {
    double[] values = new double[scores.rows()];
    Arrays.setAll(values, value);
    return values;
  }

  private double mean(double[] values) {
    double sum = 0;
    double all = 0;
    for (int i = 0; i < values.length; i++) {
      sum += weight[i] * values[i];
      all += weight[i];
    }
    return sum / all;
  }

  /** Weights by label, then by what was predicted. */
  private double[][] confusion() {
    int classes = scores.classes().size();
    double[][] confusion = new double[classes][classes];
    for (int i = 0; i < scores.rows(); i++) {
      confusion[(int) scores.label(i)][scores.likeliest(i)] += weight[i];
    }
    return confusion;
  }

  /** The harmonic mean of a class's precision and recall; 0 where nothing of it was right. */
  private static double f1(double[][] confusion, int of) {
    double own = 0;
    double said = 0;
    for (int other = 0; other < confusion.length; other++) {
      own += confusion[of][other];
      said += confusion[other][of];
    }
    double right = confusion[of][of];
    return right == 0 ? 0 : 2 * right / (own + said);
  }

  /** The bin of a probability. */
  static int bin(double probability) {
    return Math.min(BINS - 1, (int) (probability * BINS));
  }

  /**
   * The probability that is held against what happened: of two classes the second's, else the
   * likeliest's.
   */
  static double promised(Scores scores, int row) {
    return scores.task() == Task.BINARY
        ? scores.predicted(row)
        : scores.probability(scores.likeliest(row), row);
  }

  /** 1 where it happened. */
  static int happened(Scores scores, int row) {
    return scores.task() == Task.BINARY
        ? (int) scores.label(row)
        : scores.likeliest(row) == scores.label(row) ? 1 : 0;
  }

  /** Mean gap between what was promised and what happened, in bins of equal width. */
  private double calibrationError() {
    double[] gap = new double[BINS];
    double all = 0;
    for (int i = 0; i < scores.rows(); i++) {
      double p = promised(scores, i);
      gap[bin(p)] += weight[i] * (happened(scores, i) - p);
      all += weight[i];
    }
    double sum = 0;
    for (double g : gap) {
      sum += Math.abs(g);
    }
    return sum / all;
  }
}
