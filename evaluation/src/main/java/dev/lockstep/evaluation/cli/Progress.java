package dev.lockstep.evaluation.cli;

import java.io.PrintStream;
import java.util.function.IntSupplier;

/**
 * What a person sees while a command works, on standard error: on a terminal one line that is
 * written over, elsewhere only what marks an end, so that a log stays short. The line is cut to the
 * terminal's width, as one that wraps cannot be written over; it needs neither color nor any other
 * escape sequence.
 */
final class Progress {
  private final PrintStream target;
  private final boolean terminal;
  private final IntSupplier width;
  private int shown;
  private boolean silent;

  /**
   * Progress on a stream.
   *
   * @param terminal whether a line can be written over
   */
  public Progress(PrintStream target, boolean terminal) {
    this(target, terminal, new TerminalWidth(System.getenv("COLUMNS")));
  }

  /**
   * Progress on a stream.
   *
   * @param terminal whether a line can be written over
   * @param width the terminal's width in columns, asked for each line
   */
  Progress(PrintStream target, boolean terminal, IntSupplier width) {
    this.target = target;
    this.terminal = terminal;
    this.width = width;
  }

  /** Something is done: a line that stays. */
  public synchronized void done(String line) {
    if (!silent) {
      clear();
      target.println(line);
    }
  }

  /** Something is under way: shown on a terminal until the next line, else not at all. */
  public synchronized void now(String line) {
    if (!terminal || silent) {
      return;
    }
    int columns = columns();
    StringBuilder text = new StringBuilder("\r");
    int cells = fit(line.replaceAll("\\R", " "), columns, text);
    text.append(" ".repeat(Math.max(0, Math.min(shown, columns) - cells)));
    target.print(text);
    target.flush();
    shown = cells;
  }

  /** Terminals wrap after the last column, and some in it. */
  private int columns() {
    return Math.max(1, width.getAsInt() - 1);
  }

  /** Appends as much of a line as there is room for, and returns how many columns that takes. */
  private static int fit(String line, int columns, StringBuilder into) {
    int whole = line.codePoints().map(Progress::cells).sum();
    int room = whole <= columns ? columns : columns - 1;
    int used = 0;
    for (int at = 0; at < line.length(); at += Character.charCount(line.codePointAt(at))) {
      int cells = cells(line.codePointAt(at));
      if (used + cells > room) {
        break;
      }
      into.appendCodePoint(line.codePointAt(at));
      used += cells;
    }
    if (room < columns) {
      into.append('…');
      used++;
    }
    return used;
  }

  /** How many columns a terminal gives to a character. */
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

  private void clear() {
    if (shown > 0) {
      target.print("\r" + " ".repeat(Math.min(shown, columns())) + "\r");
      shown = 0;
    }
  }

  /** Takes away what was under way. */
  public synchronized void end() {
    clear();
    target.flush();
  }

  /** Takes away what was under way, and shows nothing from now on. */
  public synchronized void silence() {
    end();
    silent = true;
  }
}
