package dev.lockstep.evaluation.insight;

import static org.apache.spark.sql.functions.col;

import dev.lockstep.data.encoded.EncodedRows;
import dev.lockstep.data.features.FeatureModel;
import dev.lockstep.data.preparation.PreparedData;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The test rows with the smallest hashes, features included, in the order of {@link
 * dev.lockstep.evaluation.metrics.Scores}: its i-th row is theirs.
 *
 * @param rows rows with the columns of {@link EncodedRows}
 * @param features the features, each with the entries of a row that it fills
 */
public record FeatureSample(List<Row> rows, List<FeatureModel.Entries> features) {
  /** Copies the lists. */
  public FeatureSample {
    rows = List.copyOf(rows);
    features = List.copyOf(features);
  }

  /**
   * Takes a sample.
   *
   * @param most largest number of rows
   */
  public static FeatureSample of(PreparedData data, int most) {
    Dataset<Row> first =
        data.test()
            .orderBy(EncodedRows.HASH, EncodedRows.LABEL, EncodedRows.WEIGHT)
            .limit(most)
            .select(
                col(EncodedRows.SPLIT),
                col(EncodedRows.HASH),
                col(EncodedRows.LABEL),
                col(EncodedRows.WEIGHT),
                col(EncodedRows.NUMERIC),
                col(EncodedRows.CATEGORICAL));
    return new FeatureSample(first.collectAsList(), data.features().entries());
  }

  /** The first rows alone. */
  FeatureSample first(int most) {
    return new FeatureSample(rows.subList(0, Math.min(most, rows.size())), features);
  }
}
