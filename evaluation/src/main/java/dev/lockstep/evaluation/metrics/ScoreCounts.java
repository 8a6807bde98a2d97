package dev.lockstep.evaluation.metrics;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Weights of positive and negative rows by score, scores falling. What ranking metrics need, and no
 * larger than the number of distinct scores.
 *
 * @param scores distinct scores, falling, with their weights
 */
record ScoreCounts(List<Count> scores) {
  /** Weights of the rows of one score. */
  record Count(double score, double positive, double negative) {}

  /**
   * Counts.
   *
   * @param rows scored rows
   * @param score the score of a row
   * @param positive whether a row is positive
   */
  static ScoreCounts of(Dataset<Row> rows, Column score, Column positive) {
    List<Count> counts = new ArrayList<>();
    rows.groupBy(score.as("score"))
        .agg(
            sum(when(positive, col("weight")).otherwise(0.0)),
            sum(when(positive, 0.0).otherwise(col("weight"))))
        .orderBy(col("score").desc())
        .toLocalIterator()
        .forEachRemaining(
            row -> counts.add(new Count(row.getDouble(0), row.getDouble(1), row.getDouble(2))));
    return new ScoreCounts(counts);
  }

  double positives() {
    return scores.stream().mapToDouble(Count::positive).sum();
  }

  double negatives() {
    return scores.stream().mapToDouble(Count::negative).sum();
  }

  /** Area under the ROC curve: pairs ranked rightly, those of equal score by half. */
  double auc() {
    double above = 0;
    double area = 0;
    for (Count count : scores) {
      area += count.negative() * (above + count.positive() / 2);
      above += count.positive();
    }
    return area / (positives() * negatives());
  }

  /** Average precision: precision at each score, weighted by the recall that it adds. */
  double averagePrecision() {
    double positive = 0;
    double all = 0;
    double area = 0;
    for (Count count : scores) {
      positive += count.positive();
      all += count.positive() + count.negative();
      area += all == 0 ? 0 : count.positive() * positive / all;
    }
    return area / positives();
  }
}
