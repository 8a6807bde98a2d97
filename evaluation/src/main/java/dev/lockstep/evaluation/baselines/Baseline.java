package dev.lockstep.evaluation.baselines;

import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

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

  /**
   * Refuses what this application cannot do, before anything is trained.
   *
   * @throws dev.lockstep.data.LockstepException naming the option
   */
  default void check(SparkContext context) {}

  /**
   * Reads what was fitted with the same options and written by {@link Scoring#files}.
   *
   * @param folder the folder that it was written to
   */
  Scoring load(SparkSession spark, String folder);

  /** What a reader of the result should know of it beside its options, by name. */
  default Map<String, Object> notes() {
    return Map.of();
  }
}
