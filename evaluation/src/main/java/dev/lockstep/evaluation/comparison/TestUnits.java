package dev.lockstep.evaluation.comparison;

import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.data.preparation.TestRowKeys;
import dev.lockstep.data.spec.DataSpec;
import dev.lockstep.evaluation.metrics.Scores;
import dev.lockstep.evaluation.uncertainty.Units;
import java.util.Iterator;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Finds what of the test split chance draws whole. */
final class TestUnits {
  private TestUnits() {}

  /**
   * Blocks where the split is in time, keys where rows share one, else rows.
   *
   * @param rows the test rows, by rising hash
   */
  static Units of(SparkSession spark, DataSpec spec, PreparedData data, Scores rows) {
    boolean inTime = spec.split().time() != null;
    if (!inTime && (spec.key().isEmpty() || spec.unique())) {
      return Units.rows(rows.rows());
    }
    long[] keys = new long[rows.rows()];
    double[] times = new double[rows.rows()];
    Iterator<Row> known = TestRowKeys.of(spark, spec, data).toLocalIterator();
    Row row = null;
    for (int i = 0; i < keys.length; i++) {
      while (row == null || row.getLong(0) < rows.hash(i)) {
        row = known.next();
      }
      if (row.getLong(0) != rows.hash(i)) {
        throw new IllegalStateException("expected to find every row of the test split again");
      }
      keys[i] = row.getLong(1);
      times[i] = inTime ? row.getDouble(2) : 0;
    }
    return inTime ? Units.blocks(times) : Units.keys(keys);
  }
}
