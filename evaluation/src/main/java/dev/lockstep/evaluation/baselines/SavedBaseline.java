package dev.lockstep.evaluation.baselines;

import dev.lockstep.data.Json;
import dev.lockstep.data.LockstepException;
import dev.lockstep.data.features.FeatureModel;
import dev.lockstep.distributor.prediction.RowScoring;
import dev.lockstep.models.EstimatorSpec;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * A baseline in a run's folder: {@code features}, and {@code model} with {@code baseline.json} and
 * what it has learned in the format of its library.
 */
public final class SavedBaseline {
  static final String MODEL = "model";
  static final String CARD = "baseline.json";

  private SavedBaseline() {}

  /**
   * Whether a folder has a baseline.
   *
   * @throws LockstepException if it cannot be looked at
   */
  public static boolean isIn(String folder, Configuration hadoop) {
    Path card = new Path(folder, MODEL + "/" + CARD);
    try {
      return card.getFileSystem(hadoop).exists(card);
    } catch (IOException e) {
      throw new LockstepException(
          "cannot read " + folder + ": " + e.getMessage(), "Check the run's folder", e);
    }
  }

  /**
   * Opens it.
   *
   * @param folder the folder that {@link FittedBaseline#save} was given
   * @throws LockstepException if it is not there or damaged
   */
  public static RowScoring open(String folder, SparkSession spark) {
    FeatureModel features = FeatureModel.load(folder + "/features", spark);
    String model = folder + "/" + MODEL;
    EstimatorSpec spec = Json.read(Texts.read(spark, model + "/" + CARD), EstimatorSpec.class);
    Baselines baselines =
        new Baselines(features.layout(), features.label(), 0, BaselineFamily.Surroundings.alone());
    try {
      return new RowScoring(features, baselines.load(spec, spark, model)::score);
    } catch (LockstepException e) {
      throw e;
    } catch (Exception e) { // Spark's own errors are checked, and named by no signature.
      throw new LockstepException(
          "the saved baseline in %s cannot be used: %s".formatted(folder, e.getMessage()),
          "Copy the folder again from where it is whole, or run the comparison again",
          e);
    }
  }
}
