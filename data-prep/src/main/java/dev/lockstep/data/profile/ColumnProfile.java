package dev.lockstep.data.profile;

import java.util.List;
import java.util.Optional;

/**
 * A column that is used, over the rows that are used.
 *
 * @param name the column
 * @param role what it is used as
 * @param type its type, in Spark's words
 * @param missing number of rows without a value
 * @param distinct number of distinct values; beyond {@link DistinctSketch#EXACT} an estimate that
 *     is off by some percent
 * @param numbers its range, for a number or a time that some row has
 * @param frequent its most frequent values, most frequent first, for a category or a class
 */
public record ColumnProfile(
    String name,
    Role role,
    String type,
    long missing,
    long distinct,
    Optional<Numbers> numbers,
    List<ValueCount> frequent) {
  /** What a column is used as. */
  public enum Role {
    /** What is predicted. */
    LABEL,
    /** How much a row counts. */
    WEIGHT,
    /** What it is predicted from. */
    FEATURE
  }

  /** Copies the values. */
  public ColumnProfile {
    frequent = List.copyOf(frequent);
  }

  /** Whether the number of distinct values was estimated and not counted. */
  public boolean estimated() {
    return distinct > DistinctSketch.EXACT;
  }
}
