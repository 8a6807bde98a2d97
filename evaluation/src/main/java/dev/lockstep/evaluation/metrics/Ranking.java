package dev.lockstep.evaluation.metrics;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Rows by falling score, with who is positive: what ranking metrics need, sorted once. */
final class Ranking {
  private final double[] score;
  private final boolean[] positive;
  private final int[] order;

  /** Weights of the rows of one score. */
  interface Visitor {
    void visit(double score, double positive, double negative);
  }

  Ranking(double[] score, boolean[] positive) {
    this.score = score;
    this.positive = positive;
    this.order = Order.falling(score.length, i -> score[i]);
  }

  /** Visits each distinct score once, scores falling. */
  void visit(double[] weight, Visitor visitor) {
    int place = 0;
    while (place < order.length) {
      double own = score[order[place]];
      double yes = 0;
      double no = 0;
      for (; place < order.length && score[order[place]] == own; place++) {
        int row = order[place];
        if (positive[row]) {
          yes += weight[row];
        } else {
          no += weight[row];
        }
      }
      visitor.visit(own, yes, no);
    }
  }

  double positives(double[] weight) {
    return IntStream.range(0, weight.length)
        .filter(i -> positive[i])
        .mapToDouble(i -> weight[i])
        .sum();
  }

  /**
   * Area under the ROC curve: pairs ranked rightly, those of equal score by half; NaN where a class
   * is missing.
   */
  double auc(double[] weight) {
    double[] sums = new double[3];
    visit(
        weight,
        (own, yes, no) -> {
          sums[2] += no * (sums[0] + yes / 2);
          sums[0] += yes;
          sums[1] += no;
        });
    return sums[2] / (sums[0] * sums[1]);
  }

  /**
   * Of each row the share of the other class that it is ranked rightly against, equal scores by
   * half; NaN where there is no other class.
   */
  double[] placements(double[] weight) {
    double positives = positives(weight);
    double negatives = negatives(weight);
    double[] placements = new double[score.length];
    double yesBefore = 0;
    double noBefore = 0;
    int place = 0;
    while (place < order.length) {
      int from = place;
      double yes = 0;
      double no = 0;
      for (; place < order.length && score[order[place]] == score[order[from]]; place++) {
        yes += positive[order[place]] ? weight[order[place]] : 0;
        no += positive[order[place]] ? 0 : weight[order[place]];
      }
      for (int i = from; i < place; i++) {
        placements[order[i]] =
            positive[order[i]]
                ? 1 - (noBefore + no / 2) / negatives
                : (yesBefore + yes / 2) / positives;
      }
      yesBefore += yes;
      noBefore += no;
    }
    return placements;
  }

  /**
   * Average precision: precision at each score, weighted by the recall that it adds; NaN without
   * positive rows.
   */
  double averagePrecision(double[] weight) {
    double[] sums = new double[3];
    visit(
        weight,
        (own, yes, no) -> {
          sums[0] += yes;
          sums[1] += yes + no;
          sums[2] += yes == 0 ? 0 : yes * sums[0] / sums[1];
        });
    return sums[2] / sums[0];
  }

  /** Its derivatives by the weights of the rows; NaN without positive rows. */
  double[] averagePrecisionSlopes(double[] weight) {
    double all = positives(weight);
    double average = averagePrecision(weight);
    double[] slopes = new double[score.length];
    // By group of equal scores: precision, and the derivative of later precisions.
    double[] precision = new double[score.length];
    double[] yesOf = new double[score.length];
    double[] seen = new double[score.length];
    int[] group = new int[score.length];
    int[] groups = new int[1];
    double[] sums = new double[2];
    visit(
        weight,
        (own, yes, no) -> {
          int g = groups[0]++;
          sums[0] += yes;
          sums[1] += yes + no;
          yesOf[g] = yes;
          seen[g] = sums[1];
          precision[g] = sums[1] == 0 ? 0 : sums[0] / sums[1];
        });
    for (int place = 1; place < order.length; place++) {
      group[place] = group[place - 1] + (score[order[place]] == score[order[place - 1]] ? 0 : 1);
    }
    double ofPositive = 0;
    double ofAny = 0;
    int next = groups[0] - 1;
    for (int place = order.length - 1; place >= 0; place--) {
      int row = order[place];
      for (; next >= group[place]; next--) {
        if (yesOf[next] > 0) {
          ofPositive += yesOf[next] / seen[next];
          ofAny += yesOf[next] * precision[next] / seen[next];
        }
      }
      slopes[row] =
          ((positive[row] ? precision[group[place]] - average + ofPositive : 0) - ofAny) / all;
    }
    return slopes;
  }

  /** The negatives' weights. */
  double negatives(double[] weight) {
    return Arrays.stream(weight).sum() - positives(weight);
  }
}
