package dev.lockstep.evaluation.baselines;

import static org.apache.spark.sql.functions.col;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Task;
import dev.lockstep.data.encoded.EncodedRows;
import dev.lockstep.data.features.FeatureLayout;
import dev.lockstep.data.features.LabelLayout;
import dev.lockstep.data.lanes.HashPartitions;
import dev.lockstep.data.split.Split;
import dev.lockstep.distributor.spec.EstimatorMistake;
import dev.lockstep.models.EstimatorSpec;
import dev.lockstep.models.Options;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.ml.tree.TreeConfig$;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/** What networks are compared with: models of any {@link BaselineFamily}. */
public final class Baselines {
  /**
   * Fixed, as MLlib's sums and samples follow partitions and the order of rows. It adds partitions'
   * sums as they arrive, which makes no difference for two.
   */
  private static final int PARTITIONS = 2;

  private final BaselineFamily.Problem problem;

  /**
   * Baselines for encoded rows.
   *
   * @param seed seed of samples
   * @param surroundings what they are fitted on, and who hears of it
   */
  public Baselines(
      FeatureLayout features,
      LabelLayout label,
      long seed,
      BaselineFamily.Surroundings surroundings) {
    problem = new BaselineFamily.Problem(features, label, seed, surroundings);
  }

  /**
   * Refuses what {@link #fit} would refuse, before any data are read.
   *
   * @throws LockstepException naming the baseline or the option
   */
  public static void check(EstimatorSpec spec, Task task) {
    withoutRows(spec, task);
  }

  /**
   * The same, and what this application cannot do.
   *
   * @throws LockstepException naming the baseline or the option
   */
  public static void check(EstimatorSpec spec, Task task, SparkContext context) {
    withoutRows(spec, task).check(context);
  }

  private static Baseline withoutRows(EstimatorSpec spec, Task task) {
    return new Baselines(
            new FeatureLayout(List.of(), List.of()),
            new LabelLayout(task, List.of(), 0, 1),
            0,
            BaselineFamily.Surroundings.alone())
        .baseline(spec, new Options(spec.name(), spec.options()));
  }

  /**
   * Fits a baseline.
   *
   * @param training encoded rows of the train and validation splits
   * @throws LockstepException if there is no such baseline or option
   */
  public FittedBaseline fit(EstimatorSpec spec, Dataset<Row> training) {
    long from = System.nanoTime();
    // Spark 4.1 and 4.2 stop boosting at this size in bytes, and begin with 0: after a few trees.
    TreeConfig$.MODULE$.trainingEarlyStopModelSizeThresholdInBytes_$eq(Long.MAX_VALUE);
    Options options = new Options(spec.name(), spec.options());
    Baseline baseline = baseline(spec, options);
    Map<String, Object> settings = new LinkedHashMap<>(options.taken());
    settings.putAll(baseline.notes());
    Dataset<Row> rows =
        Vectors.of(Vectors.standardised(HashPartitions.of(training, PARTITIONS), problem.label()))
            .withColumn(
                Baseline.HELD_OUT, col(EncodedRows.SPLIT).equalTo(Split.VALIDATION.column()))
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      Scoring scoring = fit(baseline, Vectors.described(rows, problem.features()));
      double seconds = (System.nanoTime() - from) / 1e9;
      return new FittedBaseline(spec, problem.label(), scoring, seconds, settings);
    } finally {
      rows.unpersist(false);
    }
  }

  private Scoring fit(Baseline baseline, Dataset<Row> rows) {
    SparkContext spark = rows.sparkSession().sparkContext();
    return problem
        .surroundings()
        .checkpoints()
        .map(folder -> Checkpoints.during(spark, folder, () -> baseline.fit(rows)))
        .orElseGet(() -> baseline.fit(rows));
  }

  /**
   * Reads a baseline that was fitted with the same options.
   *
   * @param folder the folder that it was written to
   */
  FittedBaseline load(EstimatorSpec spec, SparkSession spark, String folder) {
    Options options = new Options(spec.name(), spec.options());
    Scoring scoring = baseline(spec, options).load(spark, folder);
    return new FittedBaseline(spec, problem.label(), scoring, Double.NaN, options.taken());
  }

  private Baseline baseline(EstimatorSpec spec, Options options) {
    try {
      Baseline baseline = BaselineFamily.named(spec.name()).create(problem, options);
      options.refuseOthers();
      return baseline;
    } catch (IllegalArgumentException e) {
      throw EstimatorMistake.of(e, "baselines");
    }
  }
}
