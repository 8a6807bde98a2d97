package dev.lockstep.evaluation.metrics;

import dev.lockstep.data.Task;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * How often rows of each class are taken for which. Of two classes a row is taken for the second
 * where its probability is at least a threshold, of more for the likeliest.
 *
 * @param threshold the threshold, for two classes
 * @param chosen whether the threshold is the one with the highest F1 on validation rows; else it is
 *     a half, and no rows chose it
 * @param weights sums of the rows' weights, by class and by the class that they are taken for
 */
public record Confusion(Optional<Double> threshold, boolean chosen, List<List<Double>> weights) {
  private static final double HALF = 0.5;

  /** Copies the lists. */
  public Confusion {
    weights = weights.stream().map(List::copyOf).toList();
    int classes = weights.size();
    if (classes < 2 || weights.stream().anyMatch(row -> row.size() != classes)) {
      throw new IllegalArgumentException("expected a square of at least two classes");
    }
  }

  /**
   * Of scored rows with classes.
   *
   * @param threshold what validation rows chose; empty for a half
   */
  public static Confusion of(Scores scores, Optional<Double> threshold) {
    int classes = scores.classes().size();
    boolean binary = scores.task() == Task.BINARY;
    double least = threshold.orElse(HALF);
    double[] weight = scores.weights();
    Double[][] sums = new Double[classes][classes];
    Arrays.stream(sums).forEach(row -> Arrays.fill(row, 0.0));
    for (int i = 0; i < scores.rows(); i++) {
      int taken = binary ? (scores.predicted(i) >= least ? 1 : 0) : scores.likeliest(i);
      sums[(int) scores.label(i)][taken] += weight[i];
    }
    return new Confusion(
        binary ? Optional.of(least) : Optional.empty(),
        binary && threshold.isPresent(),
        Arrays.stream(sums).map(List::of).toList());
  }

  /**
   * The threshold with the highest F1 of the second of two classes, the greatest of equally good
   * ones.
   *
   * @param validation rows that judge no model
   * @return empty where no row is of the second class
   */
  public static Optional<Double> bestThreshold(Scores validation) {
    double[] weight = validation.weights();
    Ranking ranking = validation.ranking(1);
    double positives = ranking.positives(weight);
    double[] sums = new double[2]; // Rows of the class, and all rows, from the highest score down.
    double[] best = {0, Double.NaN}; // F1 and its threshold.
    ranking.visit(
        weight,
        (score, yes, no) -> {
          sums[0] += yes;
          sums[1] += yes + no;
          double f1 = 2 * sums[0] / (sums[1] + positives);
          if (f1 > best[0]) {
            best[0] = f1;
            best[1] = score;
          }
        });
    return Double.isNaN(best[1]) ? Optional.empty() : Optional.of(best[1]);
  }

  /** The share of the second class among all rows. */
  public double baseRate() {
    return (at(1, 0) + at(1, 1)) / all();
  }

  /** The share of all rows that are taken for the second class. */
  public double picked() {
    return (at(0, 1) + at(1, 1)) / all();
  }

  /** The share of the second class among the rows that are taken for it; NaN where none are. */
  public double precision() {
    return at(1, 1) / (at(0, 1) + at(1, 1));
  }

  /** The share of the second class's rows that are taken for it; NaN where there are none. */
  public double recall() {
    return at(1, 1) / (at(1, 0) + at(1, 1));
  }

  /** How many times as frequent the second class is among the rows taken for it as among all. */
  public double lift() {
    return precision() / baseRate();
  }

  private double all() {
    return weights.stream().flatMap(List::stream).mapToDouble(w -> w).sum();
  }

  private double at(int own, int taken) {
    return weights.get(own).get(taken);
  }
}
