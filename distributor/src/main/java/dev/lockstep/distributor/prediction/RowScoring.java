package dev.lockstep.distributor.prediction;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.features.FeatureModel;
import dev.lockstep.data.internal.spark.VectorRows;
import dev.lockstep.distributor.saved.SavedModel;
import dev.lockstep.models.ModelCard;
import dev.lockstep.models.SavedNetwork;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A saved model, of whatever kind, that scores rows.
 *
 * @param features what it learned of its features
 * @param rows from encoded rows to rows with {@code hash}, {@code label}, {@code weight} and {@link
 *     Predictor#PREDICTION}
 * @param beside from rows of a table to the same rows with {@link #BESIDE}, without a shuffle;
 *     empty for models that score encoded rows alone
 */
public record RowScoring(
    FeatureModel features,
    UnaryOperator<Dataset<Row>> rows,
    Optional<UnaryOperator<Dataset<Row>>> beside) {
  /** The column of predictions beside a table's own, as {@link Predictor#PREDICTION}. */
  static final String BESIDE = "lockstep prediction";

  private static final StructType ADDED =
      new StructType().add(BESIDE, DataTypes.createArrayType(DataTypes.DoubleType, false), false);

  /** A model that scores encoded rows. */
  public RowScoring(FeatureModel features, UnaryOperator<Dataset<Row>> rows) {
    this(features, rows, Optional.empty());
  }

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
    FeatureModel features = FeatureModel.load(folder + "/features", spark);
    return new RowScoring(
        features,
        encoded -> new Predictor(spark).score(model, encoded),
        Optional.of(table -> beside(table, model, features, spark)));
  }

  private static Dataset<Row> beside(
      Dataset<Row> table, String model, FeatureModel features, SparkSession spark) {
    ModelCard card = SavedModel.card(model, spark.sessionState().newHadoopConf());
    SharedNetwork network = SharedNetwork.in(model, Optional.of(features), spark);
    return NetworkScoring.ofColumns(
        table, features, SharedNetwork.sent(network, spark), ADDED, new Predictions(card));
  }

  /**
   * Probabilities of the classes, or one value in the label's units.
   *
   * @param width number of classes, or 1
   * @param deviation factor of a regression's output; 1 else
   * @param mean added to that; 0 else
   */
  private record Predictions(int width, double deviation, double mean) implements RowOutput {
    Predictions(ModelCard card) {
      this(Math.max(1, card.classes().size()), card.labelDeviation(), card.labelMean());
    }

    @Override
    public InternalRow of(SavedNetwork.Scored scored, int row) {
      double[] own = new double[width];
      for (int k = 0; k < width; k++) {
        own[k] = scored.predictions()[row * width + k] * deviation + mean;
      }
      return VectorRows.row(VectorRows.array(own));
    }
  }
}
