package dev.lockstep.evaluation.uncertainty;

import dev.lockstep.data.Task;
import dev.lockstep.evaluation.metrics.Order;
import dev.lockstep.evaluation.metrics.Scores;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.stat.StatUtils;

/**
 * DeLong's test of two AUCs on the same rows (DeLong, DeLong and Clarke-Pearson, Biometrics 1988),
 * by midranks in O(n log n) (Sun and Xu, "Fast Implementation of DeLong's Algorithm", IEEE Signal
 * Processing Letters 2014). Exact with ties. It knows no sample weights.
 *
 * @param difference the first AUC minus the second
 * @param standardError of the difference, over other rows
 * @param p two-sided probability of a difference this large where there is none
 */
public record DeLong(double difference, double standardError, double p) {
  /**
   * Tests. With several seeds it is a test of the mean AUCs, whose components are the means of the
   * seeds' components; the seeds' own variance is not part of it.
   *
   * @return nothing unless the task is binary, all rows weigh the same and each class has two rows
   */
  public static Optional<DeLong> test(Contender first, Contender second) {
    first.bySeed().get(0).checkSameRows(second.bySeed().get(0));
    Optional<double[][]> components = components(first);
    return components.map(c -> of(c, components(second).orElseThrow()));
  }

  /**
   * For each row of a class the share of the other class that it is ranked rightly against, mean
   * over seeds: positives' first, then negatives'; nothing where no test can be made.
   */
  static Optional<double[][]> components(Contender contender) {
    Scores rows = contender.bySeed().get(0);
    int[] positives = IntStream.range(0, rows.rows()).filter(i -> rows.label(i) == 1).toArray();
    int[] negatives = IntStream.range(0, rows.rows()).filter(i -> rows.label(i) != 1).toArray();
    if (rows.task() != Task.BINARY
        || !rows.equalWeights()
        || Math.min(positives.length, negatives.length) < 2) {
      return Optional.empty();
    }
    double[][] components = {new double[positives.length], new double[negatives.length]};
    int seeds = contender.bySeed().size();
    for (Scores scores : contender.bySeed()) {
      double[] among = midranks(scores, IntStream.range(0, rows.rows()).toArray());
      double[] amongPositives = midranks(scores, positives);
      double[] amongNegatives = midranks(scores, negatives);
      for (int k = 0; k < positives.length; k++) {
        int i = positives[k];
        components[0][k] += (among[i] - amongPositives[i]) / negatives.length / seeds;
      }
      for (int k = 0; k < negatives.length; k++) {
        int i = negatives[k];
        components[1][k] += (1 - (among[i] - amongNegatives[i]) / positives.length) / seeds;
      }
    }
    return Optional.of(components);
  }

  static DeLong of(double[][] first, double[][] second) {
    double[] positives = minus(first[0], second[0]);
    double[] negatives = minus(first[1], second[1]);
    double difference = StatUtils.mean(positives);
    double error =
        Math.sqrt(
            StatUtils.variance(positives) / positives.length
                + StatUtils.variance(negatives) / negatives.length);
    if (error == 0) {
      return new DeLong(difference, 0, difference == 0 ? 1 : 0);
    }
    double z = Math.abs(difference) / error;
    return new DeLong(difference, error, 2 * new NormalDistribution().cumulativeProbability(-z));
  }

  private static double[] minus(double[] first, double[] second) {
    return IntStream.range(0, first.length).mapToDouble(i -> first[i] - second[i]).toArray();
  }

  /** Ranks from 1 among the rows given, equal scores sharing the mean of theirs; by row. */
  private static double[] midranks(Scores scores, int[] rows) {
    double[] among = Order.ranks(IntStream.of(rows).mapToDouble(scores::predicted).toArray());
    double[] ranks = new double[scores.rows()];
    for (int place = 0; place < rows.length; place++) {
      ranks[rows[place]] = among[place];
    }
    return ranks;
  }
}
