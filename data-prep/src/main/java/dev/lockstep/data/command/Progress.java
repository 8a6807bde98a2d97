package dev.lockstep.data.command;

import java.io.PrintStream;

/**
 * What a person sees while a command works, on standard error: on a terminal one line that is
 * written over, elsewhere only what marks an end, so that a log stays short.
 */
public final class Progress {
  private static final int WIDTH = 110;

  private final PrintStream target;
  private final boolean terminal;
  private boolean open;

  /**
   * Progress on a stream.
   *
   * @param terminal whether a line can be written over
   */
  public Progress(PrintStream target, boolean terminal) {
    this.target = target;
    this.terminal = terminal;
  }

  /** Something is done: a line that stays. */
  public synchronized void done(String line) {
    clear();
    target.println(line);
  }

  /** Something is under way: shown on a terminal until the next line, else not at all. */
  public synchronized void now(String line) {
    if (terminal) {
      String fitting = line.length() > WIDTH ? line.substring(0, WIDTH - 1) + "…" : line;
      target.print("\r\u001b[2K" + fitting);
      target.flush();
      open = true;
    }
  }

  private void clear() {
    if (open) {
      target.print("\r\u001b[2K");
      open = false;
    }
  }

  /** Takes away what was under way. */
  public synchronized void end() {
    clear();
    target.flush();
  }
}
