package dev.lockstep.evaluation.comparison;

import dev.lockstep.data.preparation.Preparation;
import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.data.progress.PhaseListener;
import dev.lockstep.data.snapshot.PinnedTable;
import dev.lockstep.data.spec.DataSpec;
import dev.lockstep.data.spec.SplitSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/**
 * An experiment's rows, encoded once for each numeric transform that its networks do best with. All
 * are of one version, and have the same rows in the same splits.
 */
final class ExperimentRows implements AutoCloseable {
  private final SparkSession spark;
  private final DataSpec spec;
  private final String first;
  private final PhaseListener listener;
  private final Map<String, PreparedData> prepared = new LinkedHashMap<>();

  /**
   * Prepares the rows for the first network.
   *
   * @param transform its numeric transform, where the experiment does not name one
   * @param listener hears how far rows are prepared
   */
  ExperimentRows(SparkSession spark, DataSpec data, String transform, PhaseListener listener) {
    this.spark = spark;
    this.listener = listener;
    this.first = transform;
    PreparedData rows = Preparation.prepare(spark, data, transform, listener).cached();
    prepared.put(transform, rows);
    SplitSpec split =
        rows.testSnapshot()
            .map(PinnedTable::of)
            .map(test -> data.split().pinned(test.address(), test.version()))
            .orElse(data.split());
    PinnedTable table = PinnedTable.of(rows.snapshot());
    spec = data.pinned(table.address(), table.version(), split);
  }

  /** What the rows are of: the experiment's data on the versions that were found. */
  DataSpec pinned() {
    return spec;
  }

  /** The rows for the first network, and for all that need no transform of their own. */
  PreparedData first() {
    return prepared.get(first);
  }

  /** The rows with a numeric transform, unless the experiment names one for all. */
  PreparedData with(String transform) {
    if (!spec.features().transformByNetwork()) {
      return first();
    }
    return prepared.computeIfAbsent(
        transform, name -> Preparation.prepare(spark, spec, name, listener).cached());
  }

  @Override
  public void close() {
    prepared.values().forEach(PreparedData::close);
  }
}
