package dev.lockstep.data.snapshot;

import dev.lockstep.data.Sha256;
import dev.lockstep.data.internal.spark.DeltaRelations;
import java.time.Instant;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A dataset that reads the same rows each time, as far as they come from Delta tables: each is held
 * to the version that the dataset would read when this is made.
 *
 * @param rows the dataset
 * @param tables the tables and their versions; none where no row comes from a Delta table
 */
public record PinnedDataset(Dataset<Row> rows, List<PinnedTable> tables) {
  /** Copies the list. */
  public PinnedDataset {
    tables = List.copyOf(tables);
  }

  /**
   * Pins a dataset. What Spark has cached of it stays as it is; the tables behind that are not
   * among {@link #tables}.
   */
  public static PinnedDataset of(Dataset<Row> dataset) {
    DeltaRelations found = DeltaRelations.pinned(dataset);
    return new PinnedDataset(
        found.rows(),
        found.tables().stream()
            .map(
                table ->
                    new PinnedTable(
                        table.location(),
                        table.location(),
                        table.id(),
                        table.version(),
                        Instant.ofEpochMilli(table.commitTime()).toString(),
                        Sha256.of(table.schema())))
            .toList());
  }
}
