package dev.lockstep.data.recipe;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.functions;

/**
 * A value of the rows before a row, in order of time, such as {@code lag(amount, 1)} or {@code
 * mean(amount, 3)}; never of the row itself or of a later one.
 *
 * @param function what is made of them
 * @param of a SQL expression of the rows' columns
 * @param rows for a lag, how many rows back; else how many rows are looked at
 */
public record RowMeasure(Function function, String of, int rows) {
  private static final Pattern FORM =
      Pattern.compile("\\s*(\\w+)\\s*\\((.*),\\s*([0-9]{1,6})\\s*\\)\\s*");

  /** What is made of the rows before. */
  public enum Function {
    /** The value so many rows back. */
    LAG,
    /** Number of values. */
    COUNT,
    /** Sum; missing where there is none. */
    SUM,
    /** Mean. */
    MEAN,
    /** Standard deviation of a sample. */
    STD,
    /** Least value. */
    MIN,
    /** Greatest value. */
    MAX;
  }

  /** At least one row. */
  public RowMeasure {
    if (rows < 1) {
      throw new IllegalArgumentException(
          FunctionName.of(function)
              + "("
              + of
              + ", "
              + rows
              + ") looks at no row; the least number is 1");
    }
  }

  /** Reads {@code function(expression, rows)}. */
  @JsonCreator
  public static RowMeasure parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches() || form.group(2).isBlank()) {
      throw new IllegalArgumentException(
          "'%s' is no measure of earlier rows; write it such as lag(amount, 1) or mean(amount, 3)"
              .formatted(text));
    }
    return new RowMeasure(
        FunctionName.parse(Function.class, form.group(1)),
        form.group(2).strip(),
        Integer.parseInt(form.group(3)));
  }

  /** As {@link #parse} reads it. */
  @JsonValue
  public String text() {
    return FunctionName.of(function) + "(" + of + ", " + rows + ")";
  }

  /** The column; {@code ordered} has a total order, so that sums are added in one order only. */
  Column over(WindowSpec ordered, Column value) {
    WindowSpec before = ordered.rowsBetween(-rows, -1);
    return switch (function) {
      case LAG -> functions.lag(value, rows).over(ordered);
      case COUNT -> functions.count(value).over(before);
      case SUM -> functions.sum(value).over(before);
      case MEAN -> functions.avg(value).over(before);
      case STD -> functions.stddev_samp(value).over(before);
      case MIN -> functions.min(value).over(before);
      case MAX -> functions.max(value).over(before);
    };
  }
}
