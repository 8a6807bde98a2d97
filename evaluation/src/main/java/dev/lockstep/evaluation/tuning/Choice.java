package dev.lockstep.evaluation.tuning;

import java.util.List;

/** The values that an option may take. */
sealed interface Choice {
  /**
   * A value.
   *
   * @param share in [0, 1), evenly distributed
   */
  Object at(double share);

  /** Numbers on a scale of logarithms. */
  record Logarithmic(double least, double most) implements Choice {
    @Override
    public Object at(double share) {
      return rounded(least * StrictMath.pow(most / least, share));
    }
  }

  /** Numbers, evenly. */
  record Even(double least, double most) implements Choice {
    @Override
    public Object at(double share) {
      return rounded(least + share * (most - least));
    }
  }

  /** One of a few values. */
  record OneOf(List<?> values) implements Choice {
    @Override
    public Object at(double share) {
      return values.get((int) (share * values.size()));
    }
  }

  /** Three digits are enough for an option, and a person can copy them into a file. */
  private static double rounded(double value) {
    return new java.math.BigDecimal(value).round(new java.math.MathContext(3)).doubleValue();
  }
}
