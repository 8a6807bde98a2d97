package dev.lockstep.evaluation.uncertainty;

import dev.lockstep.distributor.random.CounterRandom;
import dev.lockstep.evaluation.metrics.Reweighted;
import dev.lockstep.evaluation.metrics.Scores;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;

/**
 * Intervals by resampling the test rows (Efron and Tibshirani, "An Introduction to the Bootstrap",
 * 1993): each replicate draws as many rows as there are, with replacement, and asks for the metric
 * that decides of every model on the same draw, so that what is hard for all cancels out in a
 * difference. Sample weights go with their rows.
 *
 * <p>With several seeds a replicate takes each model's mean over its seeds, and adds a deviate of
 * Student's t with S - 1 degrees of freedom times the standard error of that mean over S seeds: an
 * interval then covers both other rows and other seeds, and is wide where few seeds disagree. A
 * model that no seed changes gets nothing added. With one seed intervals are of other rows only.
 *
 * <p>A draw is a function of seed, replicate and place, so the same bits come out on any machine.
 */
public final class PairedBootstrap {
  private static final int MOST = 2000;
  private static final int LEAST = 400;
  private static final long OPERATIONS = 400_000_000;
  private static final long ROWS = 0;
  private static final long SEEDS = 1;

  private final double[][] replicates;

  private PairedBootstrap(double[][] replicates) {
    this.replicates = replicates;
  }

  /**
   * Resamples: 2,000 times, and no fewer than 400 times where rows are many.
   *
   * @param contenders models, all judged on the same rows
   * @param seed seed of the draws
   */
  public static PairedBootstrap of(List<Contender> contenders, long seed) {
    Scores first = contenders.get(0).bySeed().get(0);
    contenders.forEach(c -> first.checkSameRows(c.bySeed().get(0)));
    double[] weight = first.weights();
    long work =
        Math.max(
            1, (long) weight.length * contenders.stream().mapToInt(c -> c.bySeed().size()).sum());
    int count = (int) Math.max(LEAST, Math.min(MOST, OPERATIONS / work));
    List<List<Reweighted>> metrics =
        contenders.stream().map(c -> c.bySeed().stream().map(Reweighted::main).toList()).toList();
    double[][] noise = new double[contenders.size()][];
    for (int m = 0; m < noise.length; m++) {
      noise[m] = seedNoise(contenders.get(m).metrics(), count, CounterRandom.key(seed, SEEDS, m));
    }
    double[][] replicates = new double[count][];
    IntStream.range(0, count)
        .parallel()
        .forEach(
            b -> {
              double[] drawn = draw(weight, CounterRandom.key(seed, ROWS, b));
              double[] values = new double[noise.length];
              for (int m = 0; m < values.length; m++) {
                double sum = metrics.get(m).stream().mapToDouble(f -> f.of(drawn)).sum();
                values[m] = sum / metrics.get(m).size() + noise[m][b];
              }
              replicates[b] = values;
            });
    return new PairedBootstrap(replicates);
  }

  /** Weights times how often each row was drawn. */
  private static double[] draw(double[] weight, long key) {
    double[] drawn = new double[weight.length];
    for (int i = 0; i < drawn.length; i++) {
      int row = (int) Math.multiplyHigh(CounterRandom.bits(key, i) >>> 1, 2L * drawn.length);
      drawn[row] += weight[row];
    }
    return drawn;
  }

  private static double[] seedNoise(double[] metrics, int count, long key) {
    double[] noise = new double[count];
    double deviation = metrics.length < 2 ? 0 : Math.sqrt(StatUtils.variance(metrics));
    if (deviation > 0) {
      TDistribution t = new TDistribution(null, metrics.length - 1);
      double error = deviation / Math.sqrt(metrics.length);
      Arrays.setAll(
          noise, b -> error * t.inverseCumulativeProbability(uniform(CounterRandom.bits(key, b))));
    }
    return noise;
  }

  /** In (0, 1), both ends out. */
  private static double uniform(long bits) {
    return ((bits >>> 11) + 0.5) * 0x1p-53;
  }

  /**
   * The interval of how much the metric of one model is above another's, in units of the metric:
   * percentiles of the replicates in which both have a value.
   *
   * @param level share of such intervals that cover the truth, such as 0.95
   */
  public Interval difference(int of, int minus, double level) {
    return interval(r -> r[of] - r[minus], level);
  }

  /** The interval of a model's own metric, likewise. */
  public Interval interval(int of, double level) {
    return interval(r -> r[of], level);
  }

  private Interval interval(ToDoubleFunction<double[]> value, double level) {
    double[] values =
        Arrays.stream(replicates).mapToDouble(value).filter(Double::isFinite).toArray();
    if (values.length == 0) {
      return new Interval(Double.NaN, Double.NaN, level);
    }
    Percentile percentile = new Percentile().withEstimationType(Percentile.EstimationType.R_7);
    percentile.setData(values);
    return new Interval(
        percentile.evaluate(50 * (1 - level)), percentile.evaluate(50 * (1 + level)), level);
  }
}
