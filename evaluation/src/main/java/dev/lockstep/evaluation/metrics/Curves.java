package dev.lockstep.evaluation.metrics;

import java.util.ArrayList;
import java.util.List;

/** Curves of a binary classifier on scored rows. */
public final class Curves {
  private static final double STEP = 0.01;
  private static final int BINS = 10;

  private Curves() {}

  /** The ROC curve: share of negatives across, share of positives up; at most 202 points. */
  public static List<CurvePoint> roc(Scores scores) {
    double[] weight = scores.weights();
    Ranking ranking = scores.ranking(1);
    double positives = ranking.positives(weight);
    double negatives = ranking.negatives(weight);
    Line line = new Line(new CurvePoint(0, 0));
    double[] sums = new double[2];
    ranking.visit(
        weight,
        (score, yes, no) -> {
          sums[0] += no / negatives;
          sums[1] += yes / positives;
          line.add(new CurvePoint(sums[0], sums[1]));
        });
    return line.to(new CurvePoint(1, 1));
  }

  /** The precision-recall curve: recall across, precision up; at most 202 points. */
  public static List<CurvePoint> precisionRecall(Scores scores) {
    double[] weight = scores.weights();
    Ranking ranking = scores.ranking(1);
    double positives = ranking.positives(weight);
    double negatives = ranking.negatives(weight);
    Line line = new Line(new CurvePoint(0, 1));
    double[] sums = new double[2];
    ranking.visit(
        weight,
        (score, yes, no) -> {
          sums[0] += yes;
          sums[1] += yes + no;
          line.add(new CurvePoint(sums[0] / positives, sums[0] / sums[1]));
        });
    return line.to(new CurvePoint(1, positives / (positives + negatives)));
  }

  /** Calibration: mean probability across, share of positives up, in bins of equal width. */
  public static List<CalibrationPoint> calibration(Scores scores) {
    double[] predicted = new double[BINS];
    double[] positive = new double[BINS];
    double[] all = new double[BINS];
    long[] rows = new long[BINS];
    double[] weight = scores.weights();
    for (int i = 0; i < scores.rows(); i++) {
      double p = scores.predicted(i);
      int bin = Math.min(BINS - 1, (int) (p * BINS));
      predicted[bin] += weight[i] * p;
      positive[bin] += weight[i] * scores.label(i);
      all[bin] += weight[i];
      rows[bin]++;
    }
    List<CalibrationPoint> points = new ArrayList<>();
    for (int bin = 0; bin < BINS; bin++) {
      if (all[bin] > 0) {
        points.add(
            new CalibrationPoint(predicted[bin] / all[bin], positive[bin] / all[bin], rows[bin]));
      }
    }
    return points;
  }

  /** Leaves out points that are too near to the last to be seen. */
  private static final class Line {
    private final List<CurvePoint> points = new ArrayList<>();
    private CurvePoint last;

    Line(CurvePoint first) {
      last = first;
      points.add(first);
    }

    void add(CurvePoint point) {
      if (Math.abs(point.x() - last.x()) + Math.abs(point.y() - last.y()) > STEP) {
        last = point;
        points.add(point);
      }
    }

    List<CurvePoint> to(CurvePoint end) {
      points.add(end);
      return points;
    }
  }
}
