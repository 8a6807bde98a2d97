package dev.lockstep.evaluation.baselines;

import dev.lockstep.data.features.LabelLayout;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** A baseline that has learned. */
public final class FittedBaseline {
  private final String name;
  private final LabelLayout label;
  private final Scoring scoring;
  private final double trainSeconds;
  private final Map<String, Object> settings;

  FittedBaseline(
      String name,
      LabelLayout label,
      Scoring scoring,
      double trainSeconds,
      Map<String, Object> settings) {
    this.name = name;
    this.label = label;
    this.scoring = scoring;
    this.trainSeconds = trainSeconds;
    this.settings = settings;
  }

  /** Its name. */
  public String name() {
    return name;
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
}
