package dev.lockstep.evaluation.leaderboard;

import dev.lockstep.evaluation.uncertainty.Interval;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;

/**
 * Elo ratings: each table is a game of each model with each other. They are the most likely ones of
 * Bradley and Terry's model (Biometrika 1952), found as by Hunter (Annals of Statistics 2004); a
 * further game of each pair that ends in a draw keeps them finite where one wins always.
 *
 * @param ratings of each model; their mean is 1000, and 400 more win ten games in eleven
 * @param intervals of each model the 95 % interval over tables drawn with replacement
 */
record Elo(List<Double> ratings, List<Interval> intervals) {
  private static final double MEAN = 1000;
  private static final double SCALE = 400;
  private static final int SAMPLES = 1000;
  private static final int ROUNDS = 100;
  private static final double LEVEL = 0.95;

  /**
   * Ratings of errors.
   *
   * @param errors {@code [tables, models]}
   */
  static Elo of(double[][] errors) {
    Random random = new Random(0);
    int models = errors[0].length;
    double[][] samples = new double[models][SAMPLES];
    for (int s = 0; s < SAMPLES; s++) {
      double[][] drawn = new double[errors.length][];
      Arrays.setAll(drawn, t -> errors[random.nextInt(errors.length)]);
      double[] own = ratings(drawn);
      for (int m = 0; m < models; m++) {
        samples[m][s] = own[m];
      }
    }
    return new Elo(
        Arrays.stream(ratings(errors)).boxed().toList(),
        Arrays.stream(samples).map(Elo::interval).toList());
  }

  private static Interval interval(double[] samples) {
    double outside = 100 * (1 - LEVEL) / 2;
    Percentile of = new Percentile();
    of.setData(samples);
    return new Interval(of.evaluate(outside), of.evaluate(100 - outside), LEVEL);
  }

  private static double[] ratings(double[][] errors) {
    int models = errors[0].length;
    double[] wins = new double[models];
    for (int i = 0; i < models; i++) {
      for (int j = 0; j < models; j++) {
        wins[i] += i == j ? 0 : 0.5 + wins(errors, i, j);
      }
    }
    double games = errors.length + 1.0;
    double[] strength = new double[models];
    Arrays.fill(strength, 1);
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < models; i++) {
        double sum = 0;
        for (int j = 0; j < models; j++) {
          sum += i == j ? 0 : games / (strength[i] + strength[j]);
        }
        strength[i] = wins[i] / sum;
      }
    }
    double[] ratings = Arrays.stream(strength).map(s -> SCALE * StrictMath.log10(s)).toArray();
    double mean = StatUtils.mean(ratings);
    return Arrays.stream(ratings).map(r -> r - mean + MEAN).toArray();
  }

  /** Tables on which one model is better than another; half a table where both are equal. */
  static double wins(double[][] errors, int of, int over) {
    return Arrays.stream(errors)
        .mapToDouble(e -> e[of] < e[over] ? 1 : e[of] == e[over] ? 0.5 : 0)
        .sum();
  }
}
