package dev.lockstep.evaluation.uncertainty;

import dev.lockstep.data.Task;
import dev.lockstep.data.features.LabelLayout;
import dev.lockstep.evaluation.metrics.Scores;
import java.util.List;
import java.util.Random;

/** Predictions whose truth is known. */
final class Simulated {
  private static final LabelLayout BINARY = new LabelLayout(Task.BINARY, List.of("n", "y"), 0, 1);

  private Simulated() {}

  /** Predictions of a binary task, every row of weight 1. */
  static Scores binary(double[] label, double[] score) {
    double[] weight = new double[label.length];
    java.util.Arrays.fill(weight, 1);
    return binary(label, weight, score);
  }

  /** Predictions of a binary task. */
  static Scores binary(double[] label, double[] weight, double[] score) {
    return Scores.of(BINARY, new long[label.length], label, weight, new double[][] {score});
  }

  /** Predictions of a number, every row of weight 1. */
  static Scores number(double[] label, double[] value) {
    double[] weight = new double[label.length];
    java.util.Arrays.fill(weight, 1);
    return Scores.of(
        new LabelLayout(Task.REGRESSION, List.of(), 0, 1),
        new long[label.length],
        label,
        weight,
        new double[][] {value});
  }

  /** Labels of which so many are positive. */
  static double[] rare(int rows, int positives) {
    double[] label = new double[rows];
    java.util.Arrays.fill(label, 0, positives, 1);
    return label;
  }

  /** Labels, a third of them positive. */
  static double[] labels(Random random, int rows) {
    return random.doubles(rows).map(u -> u < 1 / 3.0 ? 1 : 0).toArray();
  }

  /**
   * Scores that are normal around 0 for negatives and {@code shift} for positives, so the AUC is
   * Phi(shift / sqrt(2)) over all rows; what two models share makes them correlated.
   */
  static double[] scores(Random random, double[] label, double[] shared, double shift) {
    double[] scores = new double[label.length];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = label[i] * shift + Math.sqrt(0.5) * (shared[i] + random.nextGaussian());
    }
    return scores;
  }

  /** What two models have in common. */
  static double[] shared(Random random, int rows) {
    double[] shared = new double[rows];
    java.util.Arrays.setAll(shared, i -> random.nextGaussian());
    return shared;
  }

  /** Models on one split. */
  static Contrasts contrasts(List<Contender> models, Units units) {
    return Contrasts.of(List.of(new JudgedSplit(models, units, 1000)), 1);
  }

  /** A model of several seeds. */
  static Contender contender(String name, Scores... bySeed) {
    return new Contender(name, List.of(bySeed));
  }
}
