package dev.lockstep.data;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/**
 * Numbers as a person reads them: with digits that say something in any unit, so that what is not 0
 * never looks as if it were.
 */
public final class Figures {
  /** A dash stands where there is no number. */
  public static final String NONE = "–";

  private static final int DECIMALS = 4;
  private static final int LEAST_DIGITS = 3;
  private static final int MOST_DIGITS = 7;
  private static final double LEAST_PLAIN = 1e-4;
  private static final double MOST_PLAIN = 1e9;

  private static final int COMPACT_DIGITS = 4;
  private static final double MOST_COMPACT = 1e12;

  private Figures() {}

  /** A metric or a difference of metrics, with four decimals where they say enough. */
  public static String of(double value) {
    return of(value, DECIMALS);
  }

  /**
   * A number with so many decimals; with more where fewer digits than those, at most three, would
   * be left of it, with fewer where more than seven would stand, and with a power of ten where it
   * is very small or large.
   */
  public static String of(double value, int decimals) {
    if (!Double.isFinite(value)) {
      return NONE;
    }
    if (value == 0) {
      return "0";
    }
    double size = Math.abs(value);
    int least = Math.max(1, Math.min(decimals, LEAST_DIGITS));
    if (size < LEAST_PLAIN || size >= MOST_PLAIN) {
      return String.format(Locale.ROOT, "%." + least + "e", value);
    }
    int before = (int) Math.floor(Math.log10(size)) + 1; // Digits before the point, or minus zeros.
    int most = Math.max(0, MOST_DIGITS - Math.max(before, 1));
    int shown = Math.max(Math.min(decimals, most), least - before);
    return String.format(Locale.ROOT, "%." + shown + "f", value);
  }

  /** A time: {@code 12.3 s}. */
  public static String seconds(double value) {
    return of(value, 1) + " s";
  }

  /** A value of a column, as short as it can be with four digits: {@code 1,234,567}. */
  public static String compact(double value) {
    double size = Math.abs(value);
    if (size != 0 && (size < LEAST_PLAIN || size >= MOST_COMPACT)) {
      return String.format(Locale.ROOT, "%.3g", value);
    }
    int whole = (int) Math.max(0, Math.ceil(Math.log10(size)));
    BigDecimal rounded =
        new BigDecimal(value).round(new MathContext(Math.max(COMPACT_DIGITS, whole)));
    BigDecimal plain = rounded.signum() == 0 ? BigDecimal.ZERO : rounded.stripTrailingZeros();
    return String.format(Locale.ROOT, "%,." + Math.max(0, plain.scale()) + "f", plain);
  }
}
