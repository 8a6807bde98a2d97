package dev.lockstep.evaluation.uncertainty;

/**
 * How sure a gain is.
 *
 * @param interval its interval by itself, over other units of the test split and, with several
 *     seeds, other seeds
 * @param standardError its standard error
 * @param degreesOfFreedom how well the standard error is known
 * @param p two-sided probability of a gain this large where there is none
 * @param adjustedP the same for the pair among all pairs that are shown, by Holm's method: a pair
 *     is shown to differ where it is below 0.05, so that among models that are all alike any pair
 *     is in at most 5 of 100 comparisons
 * @param smallestFound the least gain that would be found in 80 of 100 such comparisons
 */
public record Evidence(
    Interval interval,
    double standardError,
    double degreesOfFreedom,
    double p,
    double adjustedP,
    double smallestFound) {
  /** A probability below it is shown as a difference. */
  public static final double LEVEL = 0.05;

  static final double POWER = 0.8;

  /** Whether the gain is more than chance. */
  public boolean shown() {
    return adjustedP < LEVEL;
  }

  Evidence reversed() {
    return new Evidence(
        interval.negated(), standardError, degreesOfFreedom, p, adjustedP, smallestFound);
  }
}
