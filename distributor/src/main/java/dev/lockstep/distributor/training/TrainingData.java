package dev.lockstep.distributor.training;

import dev.lockstep.data.PreparedData;
import dev.lockstep.data.features.FeatureLayout;
import dev.lockstep.data.features.LabelLayout;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What is trained on.
 *
 * @param rows rows with the columns of {@code EncodedRows}; those of the test split are left out
 * @param features what the entries of a row are
 * @param label how the label is encoded
 * @param fingerprint names the data: snapshot, features and split; a checkpoint of other data is
 *     not resumed
 */
public record TrainingData(
    Dataset<Row> rows, FeatureLayout features, LabelLayout label, String fingerprint) {
  /** The train and validation rows of prepared data. */
  public static TrainingData of(PreparedData data) {
    return new TrainingData(
        data.training(), data.features().layout(), data.features().label(), data.fingerprint());
  }
}
