package dev.lockstep.evaluation.baselines;

import dev.lockstep.data.AtomicFolder;
import dev.lockstep.data.Json;
import dev.lockstep.data.LockstepException;
import dev.lockstep.data.features.FeatureModel;
import dev.lockstep.data.features.LabelLayout;
import dev.lockstep.models.EstimatorSpec;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A baseline that has learned. */
public final class FittedBaseline {
  private final EstimatorSpec spec;
  private final LabelLayout label;
  private final Scoring scoring;
  private final double trainSeconds;
  private final Map<String, Object> settings;

  FittedBaseline(
      EstimatorSpec spec,
      LabelLayout label,
      Scoring scoring,
      double trainSeconds,
      Map<String, Object> settings) {
    this.spec = spec;
    this.label = label;
    this.scoring = scoring;
    this.trainSeconds = trainSeconds;
    this.settings = settings;
  }

  /** Its name. */
  public String name() {
    return spec.name();
  }

  /** How long fitting took. */
  public double trainSeconds() {
    return trainSeconds;
  }

  /** What it was fitted with. */
  public Map<String, Object> settings() {
    return Map.copyOf(settings);
  }

  /** How many numbers it has learned: nodes of trees, coefficients, shares. */
  public long numbers() {
    return scoring.numbers();
  }

  /** How many trees of a boosted model were kept; empty for other models. */
  public Optional<Trees> trees() {
    return scoring.trees();
  }

  /** Scores encoded rows: {@code hash}, {@code label}, {@code weight}, {@code prediction}. */
  public Dataset<Row> score(Dataset<Row> encoded) {
    return Vectors.inUnits(scoring.rows().apply(Vectors.of(encoded)), label);
  }

  /**
   * Keeps it, as {@link SavedBaseline} reads it.
   *
   * @param folder a folder of its own in the run's
   * @param features what was learned of its features
   * @throws LockstepException if it cannot be written
   */
  public void save(String folder, FeatureModel features, SparkSession spark) {
    features.save(folder + "/features", spark);
    Path target = new Path(folder, SavedBaseline.MODEL);
    try {
      AtomicFolder.replace(
          target,
          SavedBaseline.CARD,
          spark.sessionState().newHadoopConf(),
          (files, temporary) -> {
            write(files, temporary);
            Texts.write(files, new Path(temporary, SavedBaseline.CARD), Json.line(spec));
          });
    } catch (Exception e) { // Spark's own errors are checked, and named by no signature.
      throw new LockstepException(
          "cannot write " + target + ": " + e.getMessage(), "Choose another 'output'", e);
    }
  }

  /** Writes what it has learned, in the format of its library. */
  void write(FileSystem files, Path folder) throws IOException {
    files.mkdirs(folder);
    scoring.files().write(files, folder);
  }
}
