package dev.lockstep.evaluation.baselines;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;

import dev.lockstep.data.Task;
import dev.lockstep.data.features.FeatureLayout;
import dev.lockstep.data.features.FeatureVectors;
import dev.lockstep.data.features.LabelLayout;
import dev.lockstep.data.lanes.EncodedRows;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.functions;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Encoded rows as MLlib wants them, and MLlib's predictions as scored rows. */
final class Vectors {
  /** The vector of all features. */
  static final String FEATURES = "features";

  private Vectors() {}

  /** Encoded rows with {@link #FEATURES}: numbers, then category indices. */
  static Dataset<Row> of(Dataset<Row> encoded) {
    return encoded.withColumn(
        FEATURES, FeatureVectors.of(col(EncodedRows.NUMERIC), col(EncodedRows.CATEGORICAL)));
  }

  /**
   * What the entries of the vector are; categories with more indices than {@code mostNominal} are
   * numbers to a tree, ordered by frequency.
   */
  static Dataset<Row> described(Dataset<Row> rows, FeatureLayout layout, int mostNominal) {
    AttributeGroup group = FeatureVectors.attributes(FEATURES, layout, mostNominal);
    return rows.withColumn(FEATURES, col(FEATURES).as(FEATURES, group.toMetadata()));
  }

  /** MLlib's columns as scored rows. */
  static Dataset<Row> predictions(Dataset<Row> rows, LabelLayout label) {
    Column prediction =
        label.task() == Task.REGRESSION
            ? array(col("prediction"))
            : functions.vector_to_array(col("probability"), "float64");
    return scored(rows, prediction);
  }

  /** Rows with a prediction of our own. */
  static Dataset<Row> scored(Dataset<Row> rows, Column prediction) {
    return rows.select(
        col(EncodedRows.HASH),
        col(EncodedRows.LABEL),
        col(EncodedRows.WEIGHT),
        prediction.as("prediction"));
  }
}
