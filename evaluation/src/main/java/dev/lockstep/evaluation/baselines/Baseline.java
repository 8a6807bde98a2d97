package dev.lockstep.evaluation.baselines;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** A model that can be fitted. */
interface Baseline {
  /** True for validation rows: boosting stops by them, the others learn nothing from them. */
  String HELD_OUT = "heldOut";

  /**
   * Fits.
   *
   * @param rows train and validation rows with {@link Vectors#FEATURES} and {@link #HELD_OUT}
   */
  Scoring fit(Dataset<Row> rows);
}
