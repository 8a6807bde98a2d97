package dev.lockstep.evaluation.leaderboard;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Ranks of numbers. */
final class Ranks {
  private Ranks() {}

  /** From 1 for the smallest; equal values get the mean of the ranks that they take together. */
  static double[] of(double[] values) {
    int[] rising =
        IntStream.range(0, values.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> values[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] ranks = new double[values.length];
    int from = 0;
    while (from < rising.length) {
      int to = from;
      while (to < rising.length && values[rising[to]] == values[rising[from]]) {
        to++;
      }
      for (int i = from; i < to; i++) {
        ranks[rising[i]] = (from + 1 + to) / 2.0;
      }
      from = to;
    }
    return ranks;
  }

  /** The sums of columns. */
  static double[] sums(double[][] rows) {
    double[] sums = new double[rows[0].length];
    for (double[] row : rows) {
      Arrays.setAll(sums, i -> sums[i] + row[i]);
    }
    return sums;
  }
}
