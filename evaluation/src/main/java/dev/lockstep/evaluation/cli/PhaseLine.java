package dev.lockstep.evaluation.cli;

import java.time.Duration;

/**
 * A phase as one line: its name, a bar, the done share, the time that is left, and details as far
 * as there is room for them. A narrow terminal has a short bar, or neither bar nor time.
 */
final class PhaseLine {
  private static final int BAR = 20;
  private static final int SHORT_BAR = 8;

  /** Columns from which on there is room for a time and a bar, a short or a long one. */
  private static final int NARROW = 30;

  private static final int WIDE = 60;
  private static final int HOUR = 3600;
  private static final int MINUTE = 60;

  private PhaseLine() {}

  /**
   * For a terminal.
   *
   * @param detail what else is to be said
   * @param columns how many columns the line may take
   */
  static String of(Pace pace, String detail, int columns) {
    int bar = columns >= WIDE ? BAR : columns >= NARROW ? SHORT_BAR : 0;
    String how = pace.phase().total() == 0 ? "" : bar(pace.share(), bar) + share(pace);
    String told = columns < NARROW ? how : how + time(pace);
    String name = Columns.cut(pace.phase().name(), columns - Columns.of(told));
    return Columns.cut(name + told + detail(pace, detail), columns);
  }

  /** For a log. */
  static String of(Pace pace, String detail) {
    String how = pace.phase().total() == 0 ? "" : share(pace);
    return pace.phase().name() + how + time(pace) + detail(pace, detail);
  }

  private static String bar(double share, int cells) {
    if (cells == 0) {
      return "";
    }
    int done = (int) (share * cells);
    String head = done == cells ? "" : ">";
    return " [" + "=".repeat(done) + head + " ".repeat(cells - done - head.length()) + "]";
  }

  /** Not all before it has ended. */
  private static String share(Pace pace) {
    int percent = (int) (100 * pace.share());
    return " %3d%%".formatted(pace.phase().isEnded() ? percent : Math.min(99, percent));
  }

  private static String time(Pace pace) {
    return pace.remaining()
        .map(left -> "  ETA " + clock(left))
        .orElseGet(() -> pace.elapsed().toSeconds() < 1 ? "" : "  " + clock(pace.elapsed()));
  }

  private static String detail(Pace pace, String more) {
    String own = pace.phase().detail();
    return (own.isEmpty() ? "" : "  " + own) + (more.isEmpty() ? "" : "  " + more);
  }

  /** Such as {@code 0:07}, {@code 12:30} and {@code 1:02:03}. */
  static String clock(Duration time) {
    long seconds = time.toSeconds();
    String minutes = "%d:%02d".formatted(seconds / MINUTE % MINUTE, seconds % MINUTE);
    return seconds < HOUR
        ? minutes
        : "%d:%02d:%02d".formatted(seconds / HOUR, seconds / MINUTE % MINUTE, seconds % MINUTE);
  }
}
