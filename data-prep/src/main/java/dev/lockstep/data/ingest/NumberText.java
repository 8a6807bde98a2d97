package dev.lockstep.data.ingest;

import java.math.BigDecimal;
import java.util.Currency;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A number as people write it.
 *
 * @param plain the number as computers write it: digits, a decimal point, perhaps an exponent
 * @param whole whether it has neither decimals nor an exponent
 * @param grouped whether a separator stands between thousands
 * @param unit a currency or the percent sign; empty for none
 */
record NumberText(String plain, boolean whole, boolean grouped, String unit) {
  private static final int LONGEST = 64;
  private static final String BLANK = "[ \\u00a0\\u2009\\u202f]";
  private static final String SIGN = "[+\\-\\u2212]";
  private static final Set<String> CURRENCIES =
      Currency.getAvailableCurrencies().stream()
          .map(Currency::getCurrencyCode)
          .collect(Collectors.toUnmodifiableSet());
  private static final Map<DecimalMark, Pattern> FORMS = new EnumMap<>(DecimalMark.class);

  static {
    for (DecimalMark decimal : DecimalMark.values()) {
      String mark = Pattern.quote(String.valueOf(decimal.mark()));
      String thousands = "[" + decimal.thousands() + "'\\u2019 \\u00a0\\u2009\\u202f]";
      FORMS.put(
          decimal,
          Pattern.compile(
              "(?<sign>%s)?(?:(?<before>\\p{Sc}|[A-Z]{3})%s?)?(?<inner>%s)?"
                      .formatted(SIGN, BLANK, SIGN)
                  + "(?:(?<whole>[1-9][0-9]{0,2}(?<group>%s)[0-9]{3}(?:\\k<group>[0-9]{3})*|[0-9]+)"
                      .formatted(thousands)
                  + "(?:%s(?<decimals>[0-9]*))?|%s(?<only>[0-9]+))".formatted(mark, mark)
                  + "(?<exponent>[eE][+-]?[0-9]+)?(?:%s?(?<after>%%|\\p{Sc}|[A-Z]{3}))?"
                      .formatted(BLANK)));
    }
  }

  /** A text as a number; empty if it is none, or one that is not finite. */
  static Optional<NumberText> read(String text, DecimalMark decimal) {
    if (text.length() > LONGEST || text.chars().noneMatch(c -> c >= '0' && c <= '9')) {
      return Optional.empty();
    }
    if (isWhole(text)) {
      return Optional.of(new NumberText(text, true, false, ""));
    }
    Matcher matcher = FORMS.get(decimal).matcher(text);
    return matcher.matches() ? of(matcher) : Optional.empty();
  }

  /** Most whole numbers are just digits. */
  private static boolean isWhole(String text) {
    int start = text.charAt(0) == '-' ? 1 : 0;
    for (int i = start; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return text.length() > start;
  }

  private static Optional<NumberText> of(Matcher m) {
    String before = m.group("before");
    String after = m.group("after");
    String sign = m.group("sign") == null ? m.group("inner") : m.group("sign");
    boolean twice =
        before != null && after != null || m.group("sign") != null && m.group("inner") != null;
    String unit = before != null ? before : after != null ? after : "";
    if (twice || unit.length() == 3 && !CURRENCIES.contains(unit)) {
      return Optional.empty();
    }
    StringBuilder plain = new StringBuilder(sign == null || sign.equals("+") ? "" : "-");
    String group = m.group("group");
    String whole = m.group("whole");
    plain.append(whole == null ? "0" : group == null ? whole : whole.replace(group, ""));
    String decimals = whole == null ? m.group("only") : m.group("decimals");
    if (decimals != null) {
      plain.append('.').append(decimals.isEmpty() ? "0" : decimals);
    }
    String exponent = m.group("exponent");
    if (exponent != null) {
      plain.append(exponent);
    }
    boolean isWhole = decimals == null && exponent == null;
    return isWhole || Double.isFinite(Double.parseDouble(plain.toString()))
        ? Optional.of(new NumberText(plain.toString(), isWhole, group != null, unit))
        : Optional.empty();
  }

  /** Whether it is a whole number with a zero before its first digit, as codes have. */
  boolean hasLeadingZero() {
    int start = plain.charAt(0) == '-' ? 1 : 0;
    return whole && plain.length() > start + 1 && plain.charAt(start) == '0';
  }

  /** The absolute value of a whole number, exactly. */
  BigDecimal size() {
    return new BigDecimal(plain).abs();
  }
}
