package dev.lockstep.data.features;

import java.util.Arrays;

/**
 * To a normal distribution, by quantiles: a value's probability under the train split, values that
 * repeat in the middle of their range, then the inverse of the normal distribution function.
 *
 * <p>On the way from a quantile to the next a polynomial stands for the function wherever it is as
 * close as float32 can tell, and the way that a value is on is found by a table instead of a
 * search: this is the inner loop of all encoding.
 */
final class NormalScores implements NumericFeature.Transform {
  /** Beyond it, one in ten million: the least and the greatest value of the train split. */
  private static final double LEAST = 1e-7;

  /** A polynomial is off by no more. */
  private static final double CLOSE = 5e-8;

  /** Cells of equal width between the least and the greatest value, by which one is found. */
  private static final int CELLS = 8192;

  // What is known of a way, in the order in which it is asked for: a cache line.
  private static final int STRIDE = 8;

  /** The quantile at its end; infinity on the last, which has none. */
  private static final int END = 0;

  /** The score at its end. */
  private static final int SCORE = 1;

  /** The quantile at its begin; 0 on the first, which has none. */
  private static final int BEGIN = 2;

  /**
   * Four coefficients, by what a value is greater than the begin; the last NaN if none is close.
   */
  private static final int POLYNOMIAL = 3;

  /** The distinct quantiles, ascending. */
  private final double[] values;

  /** The share of the train split up to each of them. */
  private final double[] upTo;

  /** What the share rises by for each unit on the way to the next of them. */
  private final double[] slopes;

  /** The ways to each of them, and beyond the last. */
  private final double[] ways;

  /** How many values lie in the cells before each cell. */
  private final int[] before = new int[CELLS + 1];

  private final double cellsPerUnit;

  NormalScores(double[] quantiles) {
    values = Arrays.stream(quantiles).distinct().toArray();
    upTo = new double[values.length];
    slopes = new double[values.length];
    ways = new double[STRIDE * (values.length + 1)];
    int at = 0;
    for (int i = 0; i < values.length; i++) {
      double below = share(at, quantiles);
      while (at + 1 < quantiles.length && quantiles[at + 1] == values[i]) {
        at++;
      }
      upTo[i] = share(at++, quantiles);
      ways[STRIDE * i + END] = values[i];
      ways[STRIDE * i + SCORE] = score((below + upTo[i]) / 2);
      if (i > 0) {
        slopes[i - 1] = (below - upTo[i - 1]) / (values[i] - values[i - 1]);
        fit(i, below);
      }
    }
    int last = STRIDE * values.length;
    ways[POLYNOMIAL] = score(0);
    ways[last + POLYNOMIAL] = score(1);
    ways[last + END] = Double.POSITIVE_INFINITY;
    double range = values[values.length - 1] - values[0];
    cellsPerUnit = range > 0 && range < Double.MAX_VALUE ? CELLS / range : 0;
    for (double value : values) {
      before[cell(value) + 1]++;
    }
    Arrays.parallelPrefix(before, Integer::sum);
  }

  /** The polynomial with the function's values and slopes at both ends of the way. */
  private void fit(int way, double share) {
    double width = values[way] - values[way - 1];
    double start = score(upTo[way - 1]);
    double rise = score(share) - start;
    double first = slopes[way - 1] * width / density(start);
    double last = slopes[way - 1] * width / density(start + rise);
    int at = STRIDE * way;
    ways[at + BEGIN] = values[way - 1];
    ways[at + POLYNOMIAL] = start;
    ways[at + POLYNOMIAL + 1] = first / width;
    ways[at + POLYNOMIAL + 2] = (3 * rise - 2 * first - last) / width / width;
    ways[at + POLYNOMIAL + 3] = (first + last - 2 * rise) / width / width / width;
    for (double part : new double[] {0.25, 0.5, 0.75}) {
      double value = values[way - 1] + part * width;
      if (!(Math.abs(polynomial(value, at) - exact(value, way)) < CLOSE)) {
        ways[at + POLYNOMIAL + 3] = Double.NaN;
      }
    }
  }

  private static double share(int place, double[] quantiles) {
    return place / (quantiles.length - 1.0);
  }

  private static double score(double share) {
    return InverseNormal.of(Math.min(1 - LEAST, Math.max(LEAST, share)));
  }

  /** Of the normal distribution. */
  private static double density(double score) {
    return Math.exp(-score * score / 2) / Math.sqrt(2 * Math.PI);
  }

  @Override
  public double apply(double value) {
    int cell = cell(value);
    int way = before[cell];
    if (before[cell + 1] - way > 1) {
      int found = Arrays.binarySearch(values, way, before[cell + 1], value);
      way = found < 0 ? -found - 1 : found;
    } else {
      // One more where the value is beyond the end: a branch here would be mistaken half the time.
      way += (int) (Double.doubleToRawLongBits(ways[STRIDE * way + END] - value) >>> 63);
    }
    int at = STRIDE * way;
    if (ways[at + END] == value) {
      return ways[at + SCORE];
    }
    double score = polynomial(value, at);
    return Double.isNaN(score) ? exact(value, way) : score;
  }

  private double polynomial(double value, int at) {
    double further = value - ways[at + BEGIN];
    return ways[at + POLYNOMIAL]
        + further
            * (ways[at + POLYNOMIAL + 1]
                + further * (ways[at + POLYNOMIAL + 2] + further * ways[at + POLYNOMIAL + 3]));
  }

  private double exact(double value, int way) {
    return score(upTo[way - 1] + (value - values[way - 1]) * slopes[way - 1]);
  }

  /** Rises with the value, so that a value is looked for among those of its own cell. */
  private int cell(double value) {
    double cell = (value - values[0]) * cellsPerUnit;
    return cell > 0 ? (int) Math.min(cell, CELLS - 1) : 0;
  }
}
