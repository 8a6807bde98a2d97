package dev.lockstep.data.progress;

/**
 * How far one phase of a piece of work has come.
 *
 * @param name what is done, such as {@code fitting features}; it names the phase
 * @param detail what else is known of it now, such as {@code round 12}; may be empty
 * @param done how much is done, in units of the phase's own
 * @param total how much there is to do; 0 while nobody knows
 */
public record Phase(String name, String detail, long done, long total) {
  /** Checks the numbers. */
  public Phase {
    if (name.isEmpty() || done < 0 || total < 0 || total > 0 && done > total) {
      throw new IllegalArgumentException(
          "expected a name and 0 <= done <= total, not '%s', %d and %d"
              .formatted(name, done, total));
    }
  }

  /** A phase that begins, of which nobody knows how much there is to do. */
  public static Phase begun(String name) {
    return new Phase(name, "", 0, 0);
  }

  /** The end of such a phase. */
  public static Phase ended(String name) {
    return new Phase(name, "", 1, 1);
  }

  /** Whether all is done. */
  public boolean isEnded() {
    return total > 0 && done == total;
  }

  /** The done share, from 0 to 1; 0 while nobody knows. */
  public double share() {
    return total == 0 ? 0 : (double) done / total;
  }
}
