package dev.lockstep.evaluation.comparison;

import dev.lockstep.data.progress.PhaseListener;
import dev.lockstep.data.spec.DataSpec;
import dev.lockstep.data.spec.SplitSpec;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/**
 * The rows of all splits but the first. They are prepared before anything is trained, so that a
 * split that cannot be used is refused before it costs anything.
 */
final class FurtherSplits implements AutoCloseable {
  private final List<ExperimentRows> all = new ArrayList<>();

  /**
   * Prepares the rows.
   *
   * @param pinned the data of the first split
   * @param splits all splits, the first among them
   * @param transform as for {@link ExperimentRows}
   * @param listener hears how far rows are prepared
   */
  FurtherSplits(
      SparkSession spark,
      DataSpec pinned,
      List<SplitSpec> splits,
      String transform,
      PhaseListener listener) {
    try {
      for (int s = 1; s < splits.size(); s++) {
        all.add(new ExperimentRows(spark, pinned.withSplit(splits.get(s)), transform, listener));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** The rows, split by split. */
  List<ExperimentRows> all() {
    return List.copyOf(all);
  }

  @Override
  public void close() {
    all.forEach(ExperimentRows::close);
  }
}
