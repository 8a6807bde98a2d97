package dev.lockstep.distributor.prediction;

import dev.lockstep.data.encoded.EncodedRows;
import java.util.Optional;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Scores encoded rows with a saved network where they lie. A row has the same bits whatever rows
 * are around it, as all batches have one size.
 */
public final class Predictor {
  /** {@code array<double>}: probabilities of the classes, or one value in the label's units. */
  public static final String PREDICTION = "prediction";

  private static final StructType SCORED =
      new StructType()
          .add(EncodedRows.HASH, DataTypes.LongType, false)
          .add(EncodedRows.LABEL, DataTypes.DoubleType, true)
          .add(EncodedRows.WEIGHT, DataTypes.DoubleType, false)
          .add(PREDICTION, DataTypes.createArrayType(DataTypes.DoubleType, false), false);

  private final SparkSession spark;

  /** A predictor in a Spark session. */
  public Predictor(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * Scores rows.
   *
   * @param modelFolder folder of a saved model, on a file system that all executors reach
   * @param encoded rows with the columns of {@link EncodedRows}
   * @return rows with {@code hash}, {@code label}, {@code weight} and {@link #PREDICTION}
   */
  public Dataset<Row> score(String modelFolder, Dataset<Row> encoded) {
    Broadcast<SharedNetwork> network =
        SharedNetwork.sent(SharedNetwork.in(modelFolder, Optional.empty(), spark), spark);
    MapPartitionsFunction<Row, Row> scoring = rows -> new ScoredRows(rows, network.value());
    Dataset<Row> rows =
        encoded.select(
            EncodedRows.HASH,
            EncodedRows.LABEL,
            EncodedRows.WEIGHT,
            EncodedRows.NUMERIC,
            EncodedRows.CATEGORICAL);
    return rows.mapPartitions(scoring, Encoders.row(SCORED));
  }
}
