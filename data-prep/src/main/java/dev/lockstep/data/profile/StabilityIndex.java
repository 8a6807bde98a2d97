package dev.lockstep.data.profile;

import java.util.Arrays;

/**
 * The population stability index of counts against former counts of the same bins, {@code sum((p -
 * q) ln(p / q))} (Siddiqi, "Credit Risk Scorecards", 2006). Half a row is added to each bin, for
 * one that is empty would make it infinite.
 */
final class StabilityIndex {
  private static final double ADDED = 0.5;

  private StabilityIndex() {}

  /** The index; 0 for the same shares. */
  static double of(long[] former, long[] now) {
    double before = total(former);
    double after = total(now);
    double index = 0;
    for (int bin = 0; bin < former.length; bin++) {
      double q = (former[bin] + ADDED) / before;
      double p = (now[bin] + ADDED) / after;
      index += (p - q) * Math.log(p / q);
    }
    return index;
  }

  private static double total(long[] counts) {
    return Arrays.stream(counts).sum() + ADDED * counts.length;
  }
}
