package dev.lockstep.data.profile;

import java.util.List;

/**
 * What a column of numbers holds; days since 1970 for dates, seconds for timestamps.
 *
 * @param least the least value
 * @param mean the mean, to a part in four thousand million of the range
 * @param greatest the greatest value
 * @param histogram rows by value, in bins of equal width from the least to the greatest
 */
public record Numbers(double least, double mean, double greatest, List<Long> histogram) {
  /** Copies the histogram and checks that there is a range. */
  public Numbers {
    histogram = List.copyOf(histogram);
    if (!(least <= greatest) || histogram.isEmpty()) {
      throw new IllegalStateException(
          "expected a range and its bins, got %s to %s".formatted(least, greatest));
    }
  }

  /** The middle of a bin. */
  public double middle(int bin) {
    double share = (bin + 0.5) / histogram.size();
    return least * (1 - share) + greatest * share;
  }
}
