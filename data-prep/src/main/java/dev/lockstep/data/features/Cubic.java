package dev.lockstep.data.features;

import java.util.function.DoubleUnaryOperator;

/**
 * A polynomial of the third degree that stands for a smooth function on a short way.
 *
 * @param coefficients by what a value is greater than the way's begin: of its powers 0 to 3
 * @param error about the most that it is off by
 */
@SuppressWarnings("ArrayRecordComponent") // Four numbers; never compared.
record Cubic(double[] coefficients, double error) {
  private static final int POINTS = 4;

  /** The polynomial with the function's values at Chebyshev's points. */
  static Cubic of(double begin, double end, DoubleUnaryOperator function) {
    double width = end - begin;
    double[] points = new double[POINTS];
    double[] differences = new double[POINTS];
    for (int i = 0; i < POINTS; i++) {
      points[i] = width / 2 * (1 - Math.cos(Math.PI * (2 * i + 1) / (2 * POINTS)));
      differences[i] = function.applyAsDouble(begin + points[i]);
    }
    for (int order = 1; order < POINTS; order++) {
      for (int i = POINTS - 1; i >= order; i--) {
        differences[i] = (differences[i] - differences[i - 1]) / (points[i] - points[i - order]);
      }
    }
    double[] coefficients = new double[POINTS]; // Newton's form, multiplied out from the inside.
    for (int i = POINTS - 1; i >= 0; i--) {
      for (int power = POINTS - 1; power > 0; power--) {
        coefficients[power] = coefficients[power - 1] - points[i] * coefficients[power];
      }
      coefficients[0] = differences[i] - points[i] * coefficients[0];
    }
    double error = 0;
    for (int i = 0; i <= POINTS; i++) { // Where Chebyshev's polynomial is greatest and least.
      double further = width / 2 * (1 - Math.cos(Math.PI * i / POINTS));
      double off = Math.abs(at(coefficients, 0, further) - function.applyAsDouble(begin + further));
      error = off <= error ? error : off; // Not a number is an error, too.
    }
    return new Cubic(coefficients, error);
  }

  /**
   * A polynomial's value.
   *
   * @param coefficients four of them, from {@code at}
   */
  static double at(double[] coefficients, int at, double further) {
    return coefficients[at]
        + further
            * (coefficients[at + 1]
                + further * (coefficients[at + 2] + further * coefficients[at + 3]));
  }
}
