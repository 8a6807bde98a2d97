package dev.lockstep.distributor.prediction;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.features.FeatureModel;
import dev.lockstep.distributor.saved.SavedModel;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A saved model, of whatever kind, that scores rows.
 *
 * @param features what it learned of its features
 * @param rows from encoded rows to rows with {@code hash}, {@code label}, {@code weight} and {@link
 *     Predictor#PREDICTION}
 */
public record RowScoring(FeatureModel features, UnaryOperator<Dataset<Row>> rows) {
  /**
   * A network's.
   *
   * @param folder folder of a trained network, with its model and its feature model
   * @param weightsSha256 SHA-256 that its weights must have; empty where only its card says it
   * @throws LockstepException if there is none, or it is damaged or another
   */
  public static RowScoring ofNetwork(
      SparkSession spark, String folder, Optional<String> weightsSha256) {
    String model = folder + "/model";
    SavedModel.verify(model, weightsSha256, spark.sessionState().newHadoopConf());
    return new RowScoring(
        FeatureModel.load(folder + "/features", spark),
        encoded -> new Predictor(spark).score(model, encoded));
  }
}
