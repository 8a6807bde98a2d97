package dev.lockstep.distributor.preflight;

import java.util.Locale;

/**
 * What a check found.
 *
 * @param check what was looked at, in a word or two
 * @param level how bad it is
 * @param text what was found
 * @param remedy what to change, an imperative sentence; empty where all is well
 */
public record Finding(String check, Level level, String text, String remedy) {
  /** How bad it is. */
  public enum Level {
    /** As it should be. */
    OK,
    /** A job may run, or not as well as it could. */
    WARNING,
    /** A job cannot run. */
    FAILED
  }

  /** All is well. */
  public static Finding ok(String check, String text) {
    return new Finding(check, Level.OK, text, "");
  }

  static Finding warning(String check, String text, String remedy) {
    return new Finding(check, Level.WARNING, text, remedy);
  }

  /** A job cannot run. */
  public static Finding failed(String check, String text, String remedy) {
    return new Finding(check, Level.FAILED, text, remedy);
  }

  /** One line for a person. */
  public String line() {
    String level = level().name().toLowerCase(Locale.ROOT);
    String what = remedy.isEmpty() ? text : text + ". " + remedy;
    return String.format(Locale.ROOT, "%-8s %-13s %s", level, check, what);
  }
}
