package dev.lockstep.data.snapshot;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/**
 * One version of a table that a run read.
 *
 * @param table the table as the experiment names it
 * @param location where its files were
 * @param id Delta's id of it
 * @param version the version
 * @param commitTime when that was committed
 * @param schemaHash SHA-256 of its schema
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record PinnedTable(
    String table, String location, String id, long version, String commitTime, String schemaHash) {
  /** What a snapshot read. */
  public static PinnedTable of(Snapshot snapshot) {
    return new PinnedTable(
        snapshot.table(),
        snapshot.location(),
        snapshot.id(),
        snapshot.version(),
        snapshot.commitTime(),
        snapshot.schemaHash());
  }

  /** What finds it from any folder: where it was, or its name in the catalog. */
  public String address() {
    return location != null && DeltaHistory.isPath(table) ? location : table;
  }

  @Override
  public String toString() {
    return table + "@" + version;
  }
}
