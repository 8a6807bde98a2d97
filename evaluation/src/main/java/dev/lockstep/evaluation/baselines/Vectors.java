package dev.lockstep.evaluation.baselines;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;

import dev.lockstep.data.Task;
import dev.lockstep.data.encoded.EncodedRows;
import dev.lockstep.data.features.FeatureLayout;
import dev.lockstep.data.features.FeatureVectors;
import dev.lockstep.data.features.LabelLayout;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.functions;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Encoded rows as MLlib wants them, and MLlib's predictions as scored rows. */
final class Vectors {
  /** The vector of all features. */
  static final String FEATURES = "features";

  /** Trees split categories as sets up to so many indices; beyond, by their frequency's order. */
  static final int MOST_NOMINAL = 64;

  /** What a model says of a row: probabilities of the classes, or one value. */
  static final String PREDICTION = "prediction";

  private Vectors() {}

  /** Encoded rows with {@link #FEATURES}: numbers, then category indices. */
  static Dataset<Row> of(Dataset<Row> encoded) {
    return encoded.withColumn(
        FEATURES, FeatureVectors.of(col(EncodedRows.NUMERIC), col(EncodedRows.CATEGORICAL)));
  }

  /**
   * What the entries of the vector are; categories with more than {@link #MOST_NOMINAL} indices are
   * numbers to a tree, ordered by frequency.
   */
  static Dataset<Row> described(Dataset<Row> rows, FeatureLayout layout) {
    AttributeGroup group = FeatureVectors.attributes(FEATURES, layout, MOST_NOMINAL);
    return rows.withColumn(FEATURES, col(FEATURES).as(FEATURES, group.toMetadata()));
  }

  /** MLlib's columns as scored rows. */
  static Dataset<Row> predictions(Dataset<Row> rows, LabelLayout label) {
    Column prediction =
        label.task() == Task.REGRESSION
            ? array(col(PREDICTION))
            : functions.vector_to_array(col("probability"), "float64");
    return scored(rows, prediction);
  }

  /**
   * Rows whose label, that of a regression, is standardised as a network's is: penalties and
   * tolerances then mean the same in any unit of the label, and so does rounding.
   */
  static Dataset<Row> standardised(Dataset<Row> rows, LabelLayout label) {
    Column scaled = col(EncodedRows.LABEL).minus(label.mean()).divide(label.deviation());
    return label.task() == Task.REGRESSION ? rows.withColumn(EncodedRows.LABEL, scaled) : rows;
  }

  /** Scored rows whose predictions of a standardised label are in the label's own units. */
  static Dataset<Row> inUnits(Dataset<Row> scored, LabelLayout label) {
    Column value = col(PREDICTION).getItem(0).multiply(label.deviation()).plus(label.mean());
    return label.task() == Task.REGRESSION ? scored.withColumn(PREDICTION, array(value)) : scored;
  }

  /** Rows with a prediction of our own. */
  static Dataset<Row> scored(Dataset<Row> rows, Column prediction) {
    return rows.select(
        col(EncodedRows.HASH),
        col(EncodedRows.LABEL),
        col(EncodedRows.WEIGHT),
        prediction.as(PREDICTION));
  }
}
