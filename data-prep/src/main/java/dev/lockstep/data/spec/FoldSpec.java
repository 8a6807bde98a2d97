package dev.lockstep.data.spec;

/**
 * One of several parts of a table that are the test split in turn.
 *
 * @param number which, from 1
 * @param of how many there are
 */
public record FoldSpec(Integer number, Integer of) {
  private static final int MOST = 1000;

  /** Checks the numbers. */
  public FoldSpec {
    if (number == null || of == null || of < 2 || of > MOST || number < 1 || number > of) {
      throw new IllegalArgumentException(
          "split.fold is %s of %s; expected 1 to N of N, with N from 2 to %d"
              .formatted(number, of, MOST));
    }
  }

  /** Where it begins, as a share of the table. */
  public double from() {
    return (number - 1) / (double) of;
  }

  /** Where it ends: where the next one begins. */
  public double to() {
    return number / (double) of;
  }
}
