package dev.lockstep.data.recipe;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What many rows come to, such as {@code sum(amount)}.
 *
 * @param function how values become one
 * @param of a SQL expression of the source's columns; {@code *} for the rows themselves
 */
public record Measure(Function function, String of) {
  private static final Pattern FORM = Pattern.compile("\\s*(\\w+)\\s*\\((.*)\\)\\s*");

  /** How values become one; missing values are left out. */
  public enum Function {
    /** Number of values, or of rows for {@code *}; 0 where there is none. */
    COUNT,
    /** Number of different values; 0 where there is none. */
    DISTINCT,
    /** Sum, added in the order of the values; 0 where there is none. */
    SUM,
    /** Mean, its sum added in the order of the values. */
    MEAN,
    /** Standard deviation of a sample; missing for fewer than two values. */
    STD,
    /** Least value. */
    MIN,
    /** Greatest value. */
    MAX,
    /** Earliest value by the source's time; of several at once, the least. */
    FIRST,
    /** Latest value by the source's time; of several at once, the greatest. */
    LAST;
  }

  /** Only rows can be counted without a value. */
  public Measure {
    if (of.equals("*") && function != Function.COUNT) {
      throw new IllegalArgumentException(
          FunctionName.of(function)
              + "(*) has no value to work on; name a column, or write count(*)");
    }
  }

  /** Reads {@code function(expression)}. */
  @JsonCreator
  public static Measure parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches() || form.group(2).isBlank()) {
      throw new IllegalArgumentException(
          "'%s' is no measure; write it such as sum(amount) or count(*)".formatted(text));
    }
    return new Measure(FunctionName.parse(Function.class, form.group(1)), form.group(2).strip());
  }

  /** As {@link #parse} reads it. */
  @JsonValue
  public String text() {
    return FunctionName.of(function) + "(" + of + ")";
  }
}
