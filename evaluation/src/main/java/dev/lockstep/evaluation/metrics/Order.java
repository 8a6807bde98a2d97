package dev.lockstep.evaluation.metrics;

import java.util.Comparator;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** The order of values. */
public final class Order {
  private Order() {}

  /**
   * The places from 0 to less than a number, the smallest value first; equal values keep the order
   * of their places.
   */
  public static int[] rising(int places, IntToDoubleFunction value) {
    return sorted(places, Comparator.comparingDouble(value::applyAsDouble));
  }

  /** The same, the greatest value first. */
  static int[] falling(int places, IntToDoubleFunction value) {
    Comparator<Integer> rising = Comparator.comparingDouble(value::applyAsDouble);
    return sorted(places, rising.reversed());
  }

  /**
   * Ranks from 1 for the smallest; equal values get the mean of the ranks that they take together.
   * 0 and -0 are equal, which they are not to NaturalRanking of commons-math.
   */
  public static double[] ranks(double[] values) {
    int[] order = rising(values.length, i -> values[i]);
    double[] ranks = new double[values.length];
    int from = 0;
    while (from < order.length) {
      int to = from;
      while (to < order.length && values[order[to]] == values[order[from]]) {
        to++;
      }
      for (int place = from; place < to; place++) {
        ranks[order[place]] = (from + to + 1) / 2.0;
      }
      from = to;
    }
    return ranks;
  }

  private static int[] sorted(int places, Comparator<Integer> order) {
    return IntStream.range(0, places).boxed().sorted(order).mapToInt(Integer::intValue).toArray();
  }
}
