package dev.lockstep.evaluation.uncertainty;

import dev.lockstep.evaluation.metrics.Influence;
import dev.lockstep.evaluation.metrics.MainMetric;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.StatUtils;

/**
 * A metric, or a difference of two, on the test split, and how well it is known: over other units
 * of rows and, with several seeds, other seeds.
 *
 * <p>Its variance over units is that of their summed {@link Influence}, each group of rows with its
 * own degrees of freedom. For single rows and an AUC that is DeLong's variance, for keys
 * Obuchowski's ("Nonparametric Analysis of Clustered ROC Curve Data", Biometrics 1997). The
 * variance of a mean over seeds is added.
 *
 * @param value what was estimated
 * @param standardError its standard error; NaN where it has none
 * @param degreesOfFreedom how well the standard error is known
 */
public record Estimate(double value, double standardError, double degreesOfFreedom) {
  /** Of the metric that decides, of a model. */
  public static Estimate metric(Contender contender, Units units) {
    Judged judged = new Judged(contender, MainMetric.of(contender.bySeed().get(0).task()));
    return of(
        judged.metric(),
        IntStream.range(0, judged.rows()).mapToDouble(judged::influence).toArray(),
        judged.groups(),
        units,
        List.of(judged));
  }

  /** Of how much better one model is than another, by a metric. */
  public static Estimate gain(Contender one, Contender other, MainMetric metric, Units units) {
    return gain(new Judged(one, metric), new Judged(other, metric), metric, units);
  }

  static Estimate gain(Judged one, Judged other, MainMetric metric, Units units) {
    return metric.lowerIsBetter() ? difference(other, one, units) : difference(one, other, units);
  }

  /** Of how much the metric of one model is above another's. */
  private static Estimate difference(Judged of, Judged minus, Units units) {
    return of(
        of.metric() - minus.metric(),
        IntStream.range(0, of.rows())
            .mapToDouble(row -> of.influence(row) - minus.influence(row))
            .toArray(),
        of.groups(),
        units,
        List.of(of, minus));
  }

  /**
   * Of a mean over splits that share rows, by the corrected resampled t-test of Nadeau and Bengio
   * ("Inference for the Generalization Error", Machine Learning 2003): the more of the rows are
   * test rows, the less do splits share.
   *
   * @param values of each split
   * @param testShare number of test rows of a split over the number of rows that were learned from
   */
  static Estimate overSplits(double[] values, double testShare) {
    double variance = (1.0 / values.length + testShare) * StatUtils.variance(values);
    return new Estimate(StatUtils.mean(values), Math.sqrt(variance), values.length - 1.0);
  }

  private static Estimate of(
      double value, double[] influence, Influence groups, Units units, List<Judged> models) {
    List<Variance> parts = new ArrayList<>();
    parts.add(ofUnits(influence, groups, units));
    models.stream().map(Judged::ofSeeds).flatMap(Optional::stream).forEach(parts::add);
    Variance all = Variance.sum(parts);
    return new Estimate(value, Math.sqrt(all.value()), all.freedom());
  }

  private static Variance ofUnits(double[] influence, Influence groups, Units units) {
    List<Variance> parts = new ArrayList<>();
    double apart = 0;
    for (int g = 0; g < groups.groups(); g++) {
      int group = g;
      double[] own = influence.clone();
      Arrays.setAll(own, row -> groups.group(row) == group ? influence[row] : 0);
      double squares = squares(units.sums(own));
      int count =
          units.with(IntStream.range(0, own.length).filter(row -> groups.group(row) == group));
      double value = count < 2 ? Double.NaN : squares * count / (count - 1.0);
      parts.add(new Variance(value, count - 1.0));
      apart += squares;
    }
    Variance sum = Variance.sum(parts);
    double[] whole = units.sums(influence);
    // Units with rows of several groups: the groups' sums vary together.
    double together = squares(whole) - apart;
    // One unit alone does not tell how much units differ: NaN stays NaN.
    return new Variance(
        Math.max(0, sum.value() + together + neighbours(whole, units)), sum.freedom());
  }

  /**
   * What neighbouring blocks have in common where memory is longer than a block (Newey and West,
   * Econometrica 1987); never less than nothing, so that an interval is rather too wide.
   */
  private static double neighbours(double[] sums, Units units) {
    double products = 0;
    if (units.kind() == Units.Kind.block) {
      for (int block = 1; block < sums.length; block++) {
        products += sums[block - 1] * sums[block];
      }
    }
    return Math.max(0, 2 * products);
  }

  private static double squares(double[] values) {
    return Arrays.stream(values).map(v -> v * v).sum();
  }

  /**
   * Its interval.
   *
   * @param level share of such intervals that cover the truth, such as 0.95
   */
  public Interval interval(double level) {
    double half = quantile((1 + level) / 2) * standardError;
    return new Interval(value - half, value + half, level);
  }

  /** Two-sided probability of a value this far from zero where the truth is zero. */
  double p() {
    if (standardError == 0) {
      return value == 0 ? 1 : 0;
    }
    double t = Math.abs(value) / standardError;
    return Double.isNaN(t) ? Double.NaN : 2 * distribution().cumulativeProbability(-t);
  }

  /**
   * The least true value that would be found different from zero.
   *
   * @param level at which it is tested, such as 0.05
   * @param power in what share of cases it is to be found, such as 0.8
   */
  double smallestFound(double level, double power) {
    return (quantile(1 - level / 2) + quantile(power)) * standardError;
  }

  private double quantile(double share) {
    return Double.isNaN(standardError)
        ? Double.NaN
        : distribution().inverseCumulativeProbability(share);
  }

  private TDistribution distribution() {
    // Beyond, it is the normal distribution to all digits that are shown.
    return new TDistribution(null, Math.min(degreesOfFreedom, 1e9));
  }
}
