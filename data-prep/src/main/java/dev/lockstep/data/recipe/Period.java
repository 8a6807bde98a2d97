package dev.lockstep.data.recipe;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A length of time that is the same everywhere: no months, and no days of 23 or 25 hours.
 *
 * @param text such as {@code 7d}; it ends the names of features
 * @param micros microseconds, positive
 */
public record Period(@JsonValue String text, long micros) {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,6})(w|d|h|min|s)");
  private static final Map<String, Long> SECONDS =
      Map.of("w", 604_800L, "d", 86_400L, "h", 3_600L, "min", 60L, "s", 1L);

  /** Reads {@code 4w}, {@code 7d}, {@code 12h}, {@code 30min} or {@code 10s}. */
  @JsonCreator
  public static Period of(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches() || Long.parseLong(form.group(1)) == 0) {
      throw new IllegalArgumentException(
          "'%s' is no length of time; write it such as 4w, 7d, 12h, 30min or 10s".formatted(text));
    }
    long seconds = Long.parseLong(form.group(1)) * SECONDS.get(form.group(2));
    return new Period(text, seconds * 1_000_000);
  }
}
