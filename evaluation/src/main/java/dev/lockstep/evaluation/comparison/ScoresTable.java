package dev.lockstep.evaluation.comparison;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.features.LabelLayout;
import dev.lockstep.data.split.Split;
import dev.lockstep.distributor.experiment.RunFolder;
import dev.lockstep.distributor.prediction.Predictor;
import dev.lockstep.evaluation.metrics.Scores;
import io.delta.tables.DeltaTable;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * What every model of a run predicts for the rows of the test and validation splits: the Delta
 * table {@code scores} in the run's folder, to which a model of one seed and one split adds all of
 * its rows or none.
 *
 * <p>Its columns are {@code model}, {@code seed}, {@code part} (1, or the number of one of several
 * splits), {@code split}, and of each row the {@code hash} that names it, its {@code label} (the
 * index of the class, or the value), its {@code weight} and the {@code prediction} (the
 * probabilities of the classes, or the value).
 */
final class ScoresTable {
  private static final String NAME = "scores";

  /** Whatever is asked of it names a partition. */
  private static final Map<String, String> OF_A_NEW_TABLE =
      Map.of("delta.dataSkippingNumIndexedCols", "0");

  private final SparkSession spark;
  private final String path;
  private final LabelLayout label;
  private final int part;

  /**
   * The table of a run, for one of its splits.
   *
   * @param part the number of the split, from 1
   */
  ScoresTable(SparkSession spark, RunFolder folder, LabelLayout label, int part) {
    this.spark = spark;
    this.path = folder.path() + "/" + NAME;
    this.label = label;
    this.part = part;
  }

  /**
   * Adds what a model predicts, in place of what an earlier attempt may have added.
   *
   * @param test scored rows of the test split
   * @param validation those of the validation split, if there are any
   * @throws LockstepException if it cannot be written
   */
  void add(String model, long seed, Dataset<Row> test, Optional<Dataset<Row>> validation) {
    Dataset<Row> rows = rows(test, Split.TEST);
    if (validation.isPresent()) {
      rows = rows.union(rows(validation.get(), Split.VALIDATION));
    }
    try {
      rows.coalesce(1)
          .withColumn("model", lit(model))
          .withColumn("seed", lit(seed))
          .withColumn("part", lit(part))
          .write()
          .format("delta")
          .mode("overwrite")
          .option("replaceWhere", condition(model, seed))
          .options(OF_A_NEW_TABLE)
          .partitionBy("model", "seed", "part", "split")
          .save(path);
    } catch (Exception e) { // Spark and Delta throw checked exceptions that no signature names.
      throw new LockstepException(
          "cannot write the scores of %s to %s: %s".formatted(model, path, e.getMessage()),
          "Choose another 'output'",
          e);
    }
  }

  private static Dataset<Row> rows(Dataset<Row> scored, Split split) {
    return scored.select(
        lit(split.column()).as("split"),
        col("hash"),
        col("label"),
        col("weight"),
        col(Predictor.PREDICTION).cast("array<double>").as("prediction"));
  }

  private String condition(String model, long seed) {
    return "model = '%s' and seed = %d and part = %d"
        .formatted(model.replace("'", "\\'"), seed, part);
  }

  /** What a model predicts for the rows of a split, with the same bits; empty if there is none. */
  Optional<Scores> find(String model, long seed, Split split) {
    if (!DeltaTable.isDeltaTable(spark, path)) {
      return Optional.empty();
    }
    Column ofSplit = col("split").equalTo(split.column());
    Dataset<Row> rows =
        spark.read().format("delta").load(path).where(condition(model, seed)).where(ofSplit);
    Scores scores = Scores.collect(label, rows);
    return scores.rows() == 0 ? Optional.empty() : Optional.of(scores);
  }
}
