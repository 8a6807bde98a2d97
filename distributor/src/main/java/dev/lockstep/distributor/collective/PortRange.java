package dev.lockstep.distributor.collective;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Ports that a rank may listen on.
 *
 * @param first the first of them; 0 for any that is free
 * @param last the last of them
 */
public record PortRange(int first, int last) {
  private static final Pattern FORM = Pattern.compile("\\s*(\\d{1,5})\\s*(?:-\\s*(\\d{1,5})\\s*)?");
  private static final int HIGHEST = 65535;

  /** Checks that there are such ports. */
  public PortRange {
    if (first < 0 || last > HIGHEST || first > last || first == 0 && last > 0) {
      throw new IllegalArgumentException(
          "ports %d to %d: they are from 1 to %d, the first one first"
              .formatted(first, last, HIGHEST));
    }
  }

  /**
   * A port, or a range such as {@code 20000-20031}; 0 for any.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static PortRange parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("'%s' is neither a port nor a range".formatted(text));
    }
    int first = Integer.parseInt(matcher.group(1));
    return new PortRange(
        first, matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2)));
  }

  /** Whether any free port will do. */
  public boolean isAny() {
    return first == 0;
  }

  /** How many ports these are. */
  public int size() {
    return last - first + 1;
  }
}
