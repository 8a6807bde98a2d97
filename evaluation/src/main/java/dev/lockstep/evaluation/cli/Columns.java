package dev.lockstep.evaluation.cli;

/** Text in the columns of a terminal. */
final class Columns {
  private static final String MORE = "…";

  private Columns() {}

  /** As much of a text as there is room for, on one line. */
  static String cut(String text, int columns) {
    String line = text.replaceAll("\\R", " ");
    if (of(line) <= columns) {
      return line;
    }
    StringBuilder kept = new StringBuilder();
    int used = 0;
    for (int at = 0; at < line.length(); at += Character.charCount(line.codePointAt(at))) {
      int cells = cells(line.codePointAt(at));
      if (used + cells > columns - 1) {
        break;
      }
      kept.appendCodePoint(line.codePointAt(at));
      used += cells;
    }
    return columns < 1 ? "" : kept + MORE;
  }

  /** How many columns a text takes. */
  static int of(String text) {
    return text.codePoints().map(Columns::cells).sum();
  }

  private static int cells(int codePoint) {
    int type = Character.getType(codePoint);
    if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
      return 0;
    }
    return Character.isIdeographic(codePoint)
            || Character.isSupplementaryCodePoint(codePoint)
            || switch (Character.UnicodeScript.of(codePoint)) {
              case HIRAGANA, KATAKANA, HANGUL -> true;
              default -> false;
            }
        ? 2
        : 1;
  }
}
