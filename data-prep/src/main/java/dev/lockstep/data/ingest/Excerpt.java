package dev.lockstep.data.ingest;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Values of a file as messages show them: in one line, and not too long. */
final class Excerpt {
  private static final int SHOWN = 40;
  private static final int NAMES = 30;

  private Excerpt() {}

  /** The value's beginning; line breaks and other control characters as escapes. */
  static String of(String value) {
    StringBuilder shown = new StringBuilder();
    value
        .codePoints()
        .limit(SHOWN)
        .forEach(
            c -> {
              switch (c) {
                case '\n' -> shown.append("\\n");
                case '\r' -> shown.append("\\r");
                case '\t' -> shown.append("\\t");
                default -> {
                  if (Character.isISOControl(c)) {
                    shown.append("\\u%04x".formatted(c));
                  } else {
                    shown.appendCodePoint(c);
                  }
                }
              }
            });
    return value.codePointCount(0, value.length()) > SHOWN ? shown + "…" : shown.toString();
  }

  /** Names with commas between them; of very many the first. */
  static String list(List<String> names) {
    String some = names.stream().limit(NAMES).map(Excerpt::of).collect(Collectors.joining(", "));
    return names.size() > NAMES ? "%s and %,d more".formatted(some, names.size() - NAMES) : some;
  }

  /** Values in quotes with how often each occurs. */
  static String counted(Map<String, Long> values) {
    return values.entrySet().stream()
        .map(e -> "'%s' (%,d)".formatted(of(e.getKey()), e.getValue()))
        .collect(Collectors.joining(", "));
  }
}
