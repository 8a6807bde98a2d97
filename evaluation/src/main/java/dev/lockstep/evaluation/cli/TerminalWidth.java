package dev.lockstep.evaluation.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * The width in columns of the terminal that standard error goes to. The variable {@code COLUMNS}
 * wins; else the terminal is asked, again after a while since a person may resize it.
 */
final class TerminalWidth implements IntSupplier {
  private static final int USUAL = 80;
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(3);
  private static final long LIMIT_SECONDS = 2;

  private final OptionalInt given;
  private int columns = USUAL;
  private long askedNanos;
  private boolean asked;

  /**
   * The width of this process's terminal.
   *
   * @param columns the value of {@code COLUMNS}; null if it is not set
   */
  TerminalWidth(String columns) {
    this.given = positive(columns);
  }

  @Override
  public synchronized int getAsInt() {
    if (given.isPresent()) {
      return given.getAsInt();
    }
    long now = System.nanoTime();
    if (!asked || now - askedNanos > FRESH_NANOS) {
      columns = ask().orElse(USUAL);
      askedNanos = now;
      asked = true;
    }
    return columns;
  }

  /** Java has no call for it; stty is part of POSIX, and prints rows and columns. */
  private static OptionalInt ask() {
    try {
      Process stty =
          new ProcessBuilder("sh", "-c", "stty size <&2 2>/dev/null")
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      stty.getOutputStream().close();
      String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      if (!stty.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        stty.destroyForcibly();
      }
      String[] words = size.trim().split(" ");
      return positive(words[words.length - 1]);
    } catch (IOException e) {
      return OptionalInt.empty(); // No shell or no stty here.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OptionalInt.empty();
    }
  }

  private static OptionalInt positive(String number) {
    return number != null && number.matches("[1-9][0-9]{0,5}")
        ? OptionalInt.of(Integer.parseInt(number))
        : OptionalInt.empty();
  }
}
