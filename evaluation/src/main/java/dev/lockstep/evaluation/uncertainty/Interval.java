package dev.lockstep.evaluation.uncertainty;

/**
 * An interval.
 *
 * @param low its lower end; NaN where it has no value
 * @param high its upper end
 * @param level share of such intervals that cover the truth
 */
public record Interval(double low, double high, double level) {
  /** Whether it lies on one side of zero. */
  public boolean excludesZero() {
    return low > 0 || high < 0;
  }

  /** The interval of the negated value. */
  public Interval negated() {
    return new Interval(-high, -low, level);
  }
}
