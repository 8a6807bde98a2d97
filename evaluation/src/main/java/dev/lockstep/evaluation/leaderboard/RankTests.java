package dev.lockstep.evaluation.leaderboard;

import dev.lockstep.evaluation.metrics.Order;
import java.util.Arrays;
import org.apache.commons.math3.distribution.FDistribution;

/**
 * Tests of several models on several tables (Demsar, Journal of Machine Learning Research 2006).
 */
final class RankTests {
  private RankTests() {}

  /**
   * Friedman's test in the form of Iman and Davenport (Communications in Statistics 1980), with
   * Conover's correction for equal ranks.
   *
   * @param ranks {@code [tables, models]}
   * @return probability of ranks such as these where all models are alike; NaN for one table
   */
  static double friedman(double[][] ranks) {
    int tables = ranks.length;
    int models = ranks[0].length;
    if (tables < 2 || models < 2) {
      return Double.NaN;
    }
    double usual = tables * (models + 1) / 2.0;
    double between = Arrays.stream(sums(ranks)).map(s -> (s - usual) * (s - usual)).sum();
    double squares = Arrays.stream(ranks).flatMapToDouble(Arrays::stream).map(r -> r * r).sum();
    double within = squares - tables * models * (models + 1.0) * (models + 1.0) / 4;
    if (within == 0) {
      return 1; // All models are equal on all tables.
    }
    double chiSquare = (models - 1) * between / within;
    double most = tables * (models - 1.0);
    if (chiSquare >= most) {
      return 0; // The same order on each table.
    }
    double f = (tables - 1) * chiSquare / (most - chiSquare);
    return 1
        - new FDistribution(null, models - 1.0, (models - 1.0) * (tables - 1.0))
            .cumulativeProbability(f);
  }

  /** The sums of columns. */
  static double[] sums(double[][] rows) {
    double[] sums = new double[rows[0].length];
    for (double[] row : rows) {
      Arrays.setAll(sums, i -> sums[i] + row[i]);
    }
    return sums;
  }

  /**
   * Wilcoxon's signed-rank test (Biometrics Bulletin 1945), exact; differences of zero are left
   * out.
   *
   * @return two-sided probability of differences such as these where there is none
   */
  static double signedRank(double[] differences) {
    double[] some = Arrays.stream(differences).filter(d -> d != 0).toArray();
    double[] ranks = Order.ranks(Arrays.stream(some).map(Math::abs).toArray());
    // Twice a rank is a whole number, also where ranks are shared.
    int[] twice = Arrays.stream(ranks).mapToInt(r -> (int) Math.round(2 * r)).toArray();
    int all = Arrays.stream(twice).sum();
    double[] probability = new double[all + 1];
    probability[0] = 1;
    int positive = 0;
    for (int i = 0; i < twice.length; i++) {
      positive += some[i] > 0 ? twice[i] : 0;
      for (int sum = all; sum >= 0; sum--) {
        double with = sum < twice[i] ? 0 : probability[sum - twice[i]];
        probability[sum] = (probability[sum] + with) / 2;
      }
    }
    int smaller = Math.min(positive, all - positive);
    return Math.min(1, 2 * Arrays.stream(probability, 0, smaller + 1).sum());
  }
}
