package dev.lockstep.data.ingest;

/** Blanks around a field. */
final class Blanks {
  private Blanks() {}

  /** The text without blanks, tabs and no-break spaces around it. */
  static String strip(String text) {
    int start = 0;
    int end = text.length();
    while (start < end && isBlank(text.charAt(start))) {
      start++;
    }
    while (end > start && isBlank(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(start, end);
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\u00a0';
  }
}
