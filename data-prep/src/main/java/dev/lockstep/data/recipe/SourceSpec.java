package dev.lockstep.data.recipe;

/**
 * A table that a recipe reads.
 *
 * @param table path or catalog name of a Delta table
 * @param version its version; null for another way to say it
 * @param timestamp a moment with its zone instead; null for the recipe's moment, or the latest
 * @param where a SQL condition that its rows must meet; null for none
 * @param time a SQL expression, a date or a timestamp: when a row was known; null where time plays
 *     no part
 */
public record SourceSpec(String table, Long version, String timestamp, String where, String time) {
  /** A table is needed. */
  public SourceSpec {
    if (table == null) {
      throw new IllegalArgumentException("'table' of a source is missing");
    }
  }

  /** Whether a version is said. */
  boolean pinned() {
    return version != null || timestamp != null;
  }

  /** What it is, whatever the version. */
  SourceSpec unpinned() {
    return new SourceSpec(table, null, null, where, time);
  }
}
