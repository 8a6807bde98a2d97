package dev.lockstep.evaluation.baselines;

import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** A model that can be fitted. */
public interface Baseline {
  /**
   * True for validation rows: they say how many boosted trees are kept, and no model learns from
   * them.
   */
  String HELD_OUT = "heldOut";

  /**
   * Fits.
   *
   * @param rows train and validation rows with {@link Vectors#FEATURES} and {@link #HELD_OUT}; the
   *     label of a regression is standardised, and so are the predictions to be
   */
  Scoring fit(Dataset<Row> rows);

  /** What a reader of the result should know of it beside its options, by name. */
  default Map<String, Object> notes() {
    return Map.of();
  }
}
