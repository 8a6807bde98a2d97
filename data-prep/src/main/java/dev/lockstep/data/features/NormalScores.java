package dev.lockstep.data.features;

import java.util.Arrays;
import org.apache.commons.math3.distribution.NormalDistribution;

/**
 * To a normal distribution, by quantiles: a value's probability under the train split, values that
 * repeat in the middle of their range, then the inverse of the normal distribution function.
 */
final class NormalScores implements NumericFeature.Transform {
  /** Beyond it, one in ten million: the least and the greatest value of the train split. */
  private static final double LEAST = 1e-7;

  private final double[] quantiles;
  private final NormalDistribution normal = new NormalDistribution(0, 1);

  NormalScores(double[] quantiles) {
    this.quantiles = quantiles;
  }

  @Override
  public double apply(double value) {
    double probability = (below(value) + upTo(value)) / 2;
    double clipped = Math.min(1 - LEAST, Math.max(LEAST, probability));
    return normal.inverseCumulativeProbability(clipped);
  }

  /** Probability from the left: where the value's first equal begins. */
  private double below(double value) {
    int at = Arrays.binarySearch(quantiles, value);
    while (at > 0 && quantiles[at - 1] == value) {
      at--;
    }
    return at >= 0 ? share(at) : between(-at - 1, value);
  }

  /** Probability from the right: where its last equal ends. */
  private double upTo(double value) {
    int at = Arrays.binarySearch(quantiles, value);
    while (at >= 0 && at < quantiles.length - 1 && quantiles[at + 1] == value) {
      at++;
    }
    return at >= 0 ? share(at) : between(-at - 1, value);
  }

  private double share(double place) {
    return place / (quantiles.length - 1);
  }

  private double between(int next, double value) {
    if (next == 0 || next == quantiles.length) {
      return next == 0 ? 0 : 1;
    }
    double from = quantiles[next - 1];
    return share(next - 1 + (value - from) / (quantiles[next] - from));
  }
}
