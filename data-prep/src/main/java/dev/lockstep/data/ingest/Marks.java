package dev.lockstep.data.ingest;

import java.io.Serializable;
import java.util.List;
import java.util.Set;

/**
 * Texts that stand for a missing value.
 *
 * @param everywhere those that are missing in any column
 * @param amongNumbers those that are missing in a column of numbers or times, and words in others
 */
record Marks(Set<String> everywhere, Set<String> amongNumbers) implements Serializable {
  private static final Set<String> EVERYWHERE =
      Set.of(
          "", "?", "NA", "N/A", "n/a", "#N/A", "<NA>", "null", "NULL", "Null", "NaN", "nan", "NAN",
          "\\N");

  private static final Set<String> AMONG_NUMBERS =
      Set.of(
          "-", "--", "\u2013", "\u2014", ".", "None", "none", "NONE", "na", "n.a.", "#DIV/0!",
          "#VALUE!", "#NUM!", "#REF!", "#NAME?", "#NULL!");

  /**
   * The known ones and those given; only those given if the empty text is among them.
   *
   * @param given the values of {@code --missing}
   */
  static Marks of(List<String> given) {
    if (given.contains("")) {
      return new Marks(Set.copyOf(given), Set.of());
    }
    Set<String> all = new java.util.HashSet<>(EVERYWHERE);
    all.addAll(given);
    return new Marks(Set.copyOf(all), AMONG_NUMBERS);
  }

  /** Whether a text can stand for a missing value in some column. */
  boolean contains(String text) {
    return everywhere.contains(text) || amongNumbers.contains(text);
  }
}
