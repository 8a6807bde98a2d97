package dev.lockstep.data.yaml;

import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A scalar without quotes: the text as it was written, and what it is where nothing says a type.
 */
final class PlainScalar extends TextNode {
  private static final long serialVersionUID = 1;
  private static final Pattern WHOLE = Pattern.compile("[-+]?(0|[1-9][0-9_]*)");
  private static final Pattern ZERO_FIRST = Pattern.compile("[-+]?0[0-9_]+");
  private static final Pattern DECIMAL =
      Pattern.compile("[-+]?([0-9][0-9_]*\\.?[0-9_]*|\\.[0-9][0-9_]*)([eE][-+]?[0-9]+)?");
  private static final Pattern NOT_FINITE =
      Pattern.compile("[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");

  PlainScalar(String text) {
    super(text);
  }

  /**
   * A whole number, a number, true or false; else the text. Digits after a leading zero are text:
   * they name something, and YAML 1.1 would read them to the base of eight.
   */
  Object value() {
    String text = textValue();
    if (WHOLE.matcher(text).matches()) {
      return whole(new BigInteger(digits(text)));
    }
    if (isNumber(text)) {
      return number(text);
    }
    return switch (text) {
      case "true", "True", "TRUE" -> true;
      case "false", "False", "FALSE" -> false;
      default -> text;
    };
  }

  private static Object whole(BigInteger value) {
    if (value.bitLength() < Integer.SIZE) {
      return value.intValue();
    }
    return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
  }

  /** Whether a text is a number in decimal digits, or one that is not finite. */
  static boolean isNumber(String text) {
    return !ZERO_FIRST.matcher(text).matches()
        && (DECIMAL.matcher(text).matches() || NOT_FINITE.matcher(text).matches());
  }

  /** The number that a text is. */
  static double number(String text) {
    if (!NOT_FINITE.matcher(text).matches()) {
      return Double.parseDouble(digits(text));
    }
    if (text.toLowerCase(Locale.ROOT).endsWith("nan")) {
      return Double.NaN;
    }
    return text.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
  }

  /** Digits without the underscores that group them. */
  static String digits(String text) {
    return text.replace("_", "");
  }
}
