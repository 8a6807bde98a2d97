package dev.lockstep.evaluation.uncertainty;

import dev.lockstep.evaluation.metrics.Order;

/**
 * Probabilities adjusted for their number (Holm, "A Simple Sequentially Rejective Multiple Test
 * Procedure", Scandinavian Journal of Statistics 1979).
 */
public final class Holm {
  private Holm() {}

  /**
   * Adjusts.
   *
   * @param p of each test by itself
   * @return of each test among all: where all nulls are true, any is below 0.05 in at most 5 of 100
   *     cases
   */
  public static double[] adjusted(double[] p) {
    int[] rising = Order.rising(p.length, i -> p[i]);
    double[] adjusted = new double[p.length];
    double least = 0;
    for (int place = 0; place < rising.length; place++) {
      least = Math.max(least, Math.min(1, (p.length - place) * p[rising[place]]));
      adjusted[rising[place]] = least;
    }
    return adjusted;
  }
}
