package dev.lockstep.evaluation.baselines;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** From encoded rows with {@link Vectors#FEATURES} to scored rows. */
@FunctionalInterface
interface Scoring {
  Dataset<Row> score(Dataset<Row> rows);
}
