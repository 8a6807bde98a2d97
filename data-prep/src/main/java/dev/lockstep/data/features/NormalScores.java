package dev.lockstep.data.features;

import java.util.Arrays;

/**
 * To a normal distribution, by quantiles: a value's probability under the train split, values that
 * repeat in the middle of their range, then the inverse of the normal distribution function.
 */
final class NormalScores implements NumericFeature.Transform {
  /** Beyond it, one in ten million: the least and the greatest value of the train split. */
  private static final double LEAST = 1e-7;

  /** Cells of equal width between the least and the greatest value, by which one is found. */
  private static final int CELLS = 2048;

  /** The distinct quantiles, ascending. */
  private final double[] values;

  /** The score of each of them. */
  private final double[] scores;

  /** The share of the train split up to each of them. */
  private final double[] upTo;

  /** What the share rises by for each unit on the way to the next of them. */
  private final double[] slopes;

  /** How many values lie in the cells before each cell. */
  private final int[] before = new int[CELLS + 1];

  private final double cellsPerUnit;

  NormalScores(double[] quantiles) {
    values = Arrays.stream(quantiles).distinct().toArray();
    scores = new double[values.length];
    upTo = new double[values.length];
    slopes = new double[values.length];
    int at = 0;
    for (int i = 0; i < values.length; i++) {
      double below = share(at, quantiles);
      while (at + 1 < quantiles.length && quantiles[at + 1] == values[i]) {
        at++;
      }
      upTo[i] = share(at++, quantiles);
      scores[i] = score((below + upTo[i]) / 2);
      if (i > 0) {
        slopes[i - 1] = (below - upTo[i - 1]) / (values[i] - values[i - 1]);
      }
    }
    double range = values[values.length - 1] - values[0];
    cellsPerUnit = range > 0 && range < Double.MAX_VALUE ? CELLS / range : 0;
    for (double value : values) {
      before[cell(value) + 1]++;
    }
    Arrays.parallelPrefix(before, Integer::sum);
  }

  private static double share(int place, double[] quantiles) {
    return place / (quantiles.length - 1.0);
  }

  private static double score(double share) {
    return InverseNormal.of(Math.min(1 - LEAST, Math.max(LEAST, share)));
  }

  @Override
  public double apply(double value) {
    int cell = cell(value);
    int at = Arrays.binarySearch(values, before[cell], before[cell + 1], value);
    if (at >= 0) {
      return scores[at];
    }
    int next = -at - 1;
    if (next == 0) {
      return score(0);
    }
    if (next == values.length) {
      return score(1);
    }
    return score(upTo[next - 1] + (value - values[next - 1]) * slopes[next - 1]);
  }

  /** Rises with the value, so that a value is looked for among those of its own cell. */
  private int cell(double value) {
    double cell = (value - values[0]) * cellsPerUnit;
    return cell > 0 ? (int) Math.min(cell, CELLS - 1) : 0;
  }
}
