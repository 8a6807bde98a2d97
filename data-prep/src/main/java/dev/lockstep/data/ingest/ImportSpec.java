package dev.lockstep.data.ingest;

import java.util.List;
import java.util.Map;

/**
 * What is imported, and as what.
 *
 * @param file a CSV or Parquet file, a folder of them, or a pattern such as {@code in/*.csv}
 * @param table path of the Delta table
 * @param label the column to be predicted
 * @param columns names of the columns; empty for the file's own
 * @param types types by column, in Spark's words, instead of what the values look like
 * @param text how a CSV file is written
 * @param overwrite whether an existing Delta table gets a new version
 */
public record ImportSpec(
    String file,
    String table,
    String label,
    List<String> columns,
    Map<String, String> types,
    TextOptions text,
    boolean overwrite) {
  /** Copies the collections. */
  public ImportSpec {
    columns = List.copyOf(columns);
    types = Map.copyOf(types);
  }
}
