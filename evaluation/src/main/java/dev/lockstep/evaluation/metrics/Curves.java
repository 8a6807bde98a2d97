package dev.lockstep.evaluation.metrics;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Curves of a binary classifier on scored rows. */
public final class Curves {
  private static final int POINTS = 200;
  private static final int BINS = 10;

  private Curves() {}

  /** The ROC curve: share of negatives across, share of positives up; at most 202 points. */
  public static List<CurvePoint> roc(Dataset<Row> scored) {
    ScoreCounts counts = counts(scored);
    double positives = counts.positives();
    double negatives = counts.negatives();
    List<CurvePoint> points = new ArrayList<>();
    points.add(new CurvePoint(0, 0));
    double x = 0;
    double y = 0;
    CurvePoint last = points.get(0);
    for (ScoreCounts.Count count : counts.scores()) {
      x += count.negative() / negatives;
      y += count.positive() / positives;
      if (x - last.x() + y - last.y() > 2.0 / POINTS) {
        last = new CurvePoint(x, y);
        points.add(last);
      }
    }
    points.add(new CurvePoint(1, 1));
    return points;
  }

  /** Calibration: mean probability across, share of positives up, in bins of equal width. */
  public static List<CurvePoint> calibration(Dataset<Row> scored) {
    double[] predicted = new double[BINS];
    double[] positive = new double[BINS];
    double[] weight = new double[BINS];
    for (ScoreCounts.Count count : counts(scored).scores()) {
      int bin = Math.min(BINS - 1, (int) (count.score() * BINS));
      double both = count.positive() + count.negative();
      predicted[bin] += both * count.score();
      positive[bin] += count.positive();
      weight[bin] += both;
    }
    List<CurvePoint> points = new ArrayList<>();
    for (int bin = 0; bin < BINS; bin++) {
      if (weight[bin] > 0) {
        points.add(new CurvePoint(predicted[bin] / weight[bin], positive[bin] / weight[bin]));
      }
    }
    return points;
  }

  private static ScoreCounts counts(Dataset<Row> scored) {
    return ScoreCounts.of(scored, col("prediction").getItem(1), col("label").equalTo(lit(1.0)));
  }
}
