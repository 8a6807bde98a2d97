package dev.lockstep.evaluation.board;

import java.math.BigDecimal;
import java.math.MathContext;

/** Numbers in the page's data. */
final class BoardNumbers {
  private static final MathContext METRIC = new MathContext(6);
  private static final MathContext TIME = new MathContext(3);

  private BoardNumbers() {}

  /** Six digits, which tell runs apart and make a small page. */
  static double rounded(double value) {
    return new BigDecimal(value).round(METRIC).doubleValue();
  }

  /** Three digits, as times are never the same. */
  static double time(double value) {
    return new BigDecimal(value).round(TIME).doubleValue();
  }
}
