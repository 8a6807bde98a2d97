package dev.lockstep.distributor.training;

import dev.lockstep.data.encoded.EncodedBatch;
import dev.lockstep.data.features.FeatureLayout;
import dev.lockstep.data.features.LabelLayout;
import dev.lockstep.data.preparation.PreparedData;
import org.apache.spark.api.java.JavaRDD;

/**
 * What is trained on.
 *
 * @param rows encoded rows; those of the test split are left out
 * @param features what the entries of a row are
 * @param label how the label is encoded
 * @param fingerprint names the data: snapshot, features and split; a checkpoint of other data is
 *     not resumed
 */
public record TrainingData(
    JavaRDD<EncodedBatch> rows, FeatureLayout features, LabelLayout label, String fingerprint) {
  /** The train and validation rows of prepared data. */
  public static TrainingData of(PreparedData data) {
    return new TrainingData(
        data.batches(), data.features().layout(), data.features().label(), data.fingerprint());
  }
}
