package dev.lockstep.evaluation.metrics;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.log;
import static org.apache.spark.sql.functions.pow;
import static org.apache.spark.sql.functions.sum;

import dev.lockstep.data.features.LabelLayout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Metrics of scored rows: {@code label} (class index or value), {@code weight} and {@code
 * prediction} (probabilities of the classes, or one value).
 */
public final class TestMetrics {
  private static final double LEAST_PROBABILITY = 1e-15;
  private static final Column WEIGHT = col("weight");
  private static final Column LABEL = col("label");

  private TestMetrics() {}

  /**
   * The metrics of a task, most telling first.
   *
   * <p>Binary: {@code auc}, {@code prAuc} (average precision), {@code logLoss}, {@code accuracy},
   * {@code f1}, {@code brier}, {@code ece} (in ten bins of equal width). Multiclass: {@code
   * accuracy}, {@code logLoss}, {@code macroF1}, {@code weightedF1}, {@code macroAuc} (one against
   * the rest). Regression: {@code rmse}, {@code mae}, {@code r2}.
   */
  public static Map<String, Double> of(LabelLayout label, Dataset<Row> scored) {
    // One partition in one order: sums have the same bits whatever the partitions were.
    Dataset<Row> rows =
        scored
            .select("hash", "label", "weight", "prediction")
            .coalesce(1)
            .sortWithinPartitions("hash", "label", "weight", "prediction")
            .cache();
    try {
      return switch (label.task()) {
        case BINARY -> binary(rows);
        case MULTICLASS -> multiclass(rows, label.classes());
        case REGRESSION -> regression(rows);
      };
    } finally {
      rows.unpersist(false);
    }
  }

  private static Map<String, Double> binary(Dataset<Row> rows) {
    Column score = col("prediction").getItem(1);
    Column positive = LABEL.equalTo(lit(1.0));
    ScoreCounts counts = ScoreCounts.of(rows, score, positive);
    double[] matrix = new double[4];
    double brier = 0;
    double logLoss = 0;
    double[] gap = new double[10];
    for (ScoreCounts.Count c : counts.scores()) {
      boolean yes = c.score() > 0.5;
      matrix[yes ? 0 : 2] += c.positive();
      matrix[yes ? 1 : 3] += c.negative();
      double p = c.score();
      brier += c.positive() * (1 - p) * (1 - p) + c.negative() * p * p;
      logLoss -= c.positive() * safeLog(p) + c.negative() * safeLog(1 - p);
      gap[Math.min(9, (int) (p * 10))] += c.positive() - p * (c.positive() + c.negative());
    }
    double all = counts.positives() + counts.negatives();
    double calibration = 0;
    for (double g : gap) {
      calibration += Math.abs(g);
    }
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("auc", counts.auc());
    metrics.put("prAuc", counts.averagePrecision());
    metrics.put("logLoss", logLoss / all);
    metrics.put("accuracy", (matrix[0] + matrix[3]) / all);
    metrics.put("f1", f1(matrix[0], matrix[1], matrix[2]));
    metrics.put("brier", brier / all);
    metrics.put("ece", calibration / all);
    return metrics;
  }

  private static double safeLog(double probability) {
    return StrictMath.log(Math.max(probability, LEAST_PROBABILITY));
  }

  /** The harmonic mean of precision and recall; 0 where both are. */
  private static double f1(double right, double wronglyYes, double wronglyNo) {
    return right == 0 ? 0 : 2 * right / (2 * right + wronglyYes + wronglyNo);
  }

  private static Map<String, Double> multiclass(Dataset<Row> rows, List<String> classes) {
    int n = classes.size();
    Column best =
        org.apache
            .spark
            .sql
            .functions
            .array_position(
                col("prediction"), org.apache.spark.sql.functions.array_max(col("prediction")))
            .minus(1);
    double[][] confusion = new double[n][n];
    for (Row row :
        rows.groupBy(LABEL.cast("int"), best.cast("int")).agg(sum(WEIGHT)).collectAsList()) {
      confusion[row.getInt(0)][row.getInt(1)] = row.getDouble(2);
    }
    double all = 0;
    double right = 0;
    double macro = 0;
    double weighted = 0;
    for (int c = 0; c < n; c++) {
      double own = 0;
      double said = 0;
      for (int other = 0; other < n; other++) {
        own += confusion[c][other];
        said += confusion[other][c];
      }
      double f1 = f1(confusion[c][c], said - confusion[c][c], own - confusion[c][c]);
      all += own;
      right += confusion[c][c];
      macro += f1 / n;
      weighted += f1 * own;
    }
    Column likelihood =
        org.apache.spark.sql.functions.element_at(col("prediction"), LABEL.cast("int").plus(1));
    Column floored = org.apache.spark.sql.functions.greatest(likelihood, lit(LEAST_PROBABILITY));
    double logLoss = rows.agg(sum(WEIGHT.multiply(log(floored)))).head().getDouble(0);
    double macroAuc = 0;
    for (int c = 0; c < n; c++) {
      Column score = col("prediction").getItem(c);
      macroAuc += ScoreCounts.of(rows, score, LABEL.equalTo(lit((double) c))).auc() / n;
    }
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("accuracy", right / all);
    metrics.put("logLoss", -logLoss / all);
    metrics.put("macroF1", macro);
    metrics.put("weightedF1", weighted / all);
    metrics.put("macroAuc", macroAuc);
    return metrics;
  }

  private static Map<String, Double> regression(Dataset<Row> rows) {
    Column error = LABEL.minus(col("prediction").getItem(0));
    Row first = rows.agg(sum(WEIGHT), sum(WEIGHT.multiply(LABEL))).head();
    double all = first.getDouble(0);
    double mean = first.getDouble(1) / all;
    Row sums =
        rows.agg(
                sum(WEIGHT.multiply(pow(error, 2))),
                sum(WEIGHT.multiply(org.apache.spark.sql.functions.abs(error))),
                sum(WEIGHT.multiply(pow(LABEL.minus(mean), 2))))
            .head();
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("rmse", Math.sqrt(sums.getDouble(0) / all));
    metrics.put("mae", sums.getDouble(1) / all);
    metrics.put("r2", 1 - sums.getDouble(0) / sums.getDouble(2));
    return metrics;
  }
}
