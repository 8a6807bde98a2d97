package dev.lockstep.data.recipe;

import java.util.List;

/**
 * The rows of the feature table: one for each row of a source.
 *
 * @param source name of the source
 * @param key columns that name a row, at least one; no two rows may have the same
 * @param time a SQL expression, a date or a timestamp: the moment as of which features are made;
 *     null where no step needs it
 * @param columns columns that are taken; null for all
 * @param where a SQL condition that rows must meet; null for none
 * @param distinct whether rows that agree in all their columns are one row
 */
public record RowsSpec(
    String source, List<String> key, String time, Columns columns, String where, boolean distinct) {
  /** A source and a key are needed. */
  public RowsSpec {
    if (source == null) {
      throw new IllegalArgumentException("'rows.source' is missing: name one of 'sources'");
    }
    if (key == null || key.isEmpty()) {
      throw new IllegalArgumentException(
          "'rows.key' is missing: the column or columns that name a row");
    }
    key = List.copyOf(key);
  }
}
