package dev.lockstep.data.ingest;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is imported, and as what.
 *
 * @param file a CSV file, or a Parquet file or folder
 * @param table path of the Delta table
 * @param label the column to be predicted
 * @param header whether a CSV file's first line has names; null to find out
 * @param columns names of the columns; empty for the file's own
 * @param types types by column, in Spark's words, instead of what the values look like
 * @param missing further marks of a missing value
 * @param overwrite whether an existing Delta table gets a new version
 */
public record ImportSpec(
    String file,
    String table,
    String label,
    Boolean header,
    List<String> columns,
    Map<String, String> types,
    List<String> missing,
    boolean overwrite) {
  private static final List<String> MARKS =
      List.of("", "?", "NA", "N/A", "n/a", "null", "NULL", "NaN", "nan");

  /** Copies the collections. */
  public ImportSpec {
    columns = List.copyOf(columns);
    types = Map.copyOf(types);
    missing = List.copyOf(missing);
  }

  /** All marks of a missing value. */
  public Set<String> marks() {
    Set<String> all = new TreeSet<>(MARKS);
    all.addAll(missing);
    return all;
  }
}
