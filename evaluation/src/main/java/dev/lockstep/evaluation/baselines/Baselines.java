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
import dev.lockstep.models.UnknownNameException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.tree.TreeConfig$;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/** MLlib's models, by name: {@code gbt}, {@code forest}, {@code linear} and {@code constant}. */
public final class Baselines {
  private static final List<String> NAMES = List.of("gbt", "forest", "linear", "constant");

  /** Trees split categories as sets up to so many indices; beyond, by their frequency's order. */
  private static final int MOST_NOMINAL = 64;

  /**
   * Fixed, as MLlib's sums and samples follow partitions and the order of rows. It adds partitions'
   * sums as they arrive, which makes no difference for two.
   */
  private static final int PARTITIONS = 2;

  private final FeatureLayout features;
  private final LabelLayout label;
  private final long seed;

  /**
   * Baselines for encoded rows.
   *
   * @param seed seed of samples
   */
  public Baselines(FeatureLayout features, LabelLayout label, long seed) {
    this.features = features;
    this.label = label;
    this.seed = seed;
  }

  /**
   * Refuses what {@link #fit} would refuse, before any data are read.
   *
   * @throws LockstepException naming the baseline or the option
   */
  public static void check(EstimatorSpec spec, Task task) {
    LabelLayout label = new LabelLayout(task, List.of(), 0, 1);
    new Baselines(new FeatureLayout(List.of(), List.of()), label, 0)
        .baseline(spec, new LinkedHashMap<>());
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
    Map<String, Object> settings = new LinkedHashMap<>();
    Baseline baseline = baseline(spec, settings);
    Dataset<Row> rows =
        Vectors.of(Vectors.standardised(HashPartitions.of(training, PARTITIONS), label))
            .withColumn(
                Baseline.HELD_OUT, col(EncodedRows.SPLIT).equalTo(Split.VALIDATION.column()))
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      Scoring scoring = baseline.fit(Vectors.described(rows, features, MOST_NOMINAL));
      double seconds = (System.nanoTime() - from) / 1e9;
      return new FittedBaseline(spec.name(), label, scoring, seconds, settings);
    } finally {
      rows.unpersist(false);
    }
  }

  private Baseline baseline(EstimatorSpec spec, Map<String, Object> settings) {
    Options options = new Options(spec.name(), spec.options());
    try {
      Baseline baseline =
          switch (spec.name()) {
            case "gbt" ->
                new Gbt(
                    label,
                    set(settings, "trees", options.whole("trees", 100, 1, 10_000)),
                    set(settings, "depth", options.whole("depth", 5, 1, 30)),
                    set(settings, "leaf", options.whole("leaf", 1, 1, 1_000_000)),
                    set(settings, "bins", options.whole("bins", 64, MOST_NOMINAL, 10_000)),
                    set(settings, "rate", options.number("rate", 0.15, 1e-6, 1)),
                    set(settings, "sample", options.number("sample", 1, 0.01, 1)),
                    seed);
            case "forest" ->
                new Forest(
                    label,
                    set(settings, "trees", options.whole("trees", 100, 1, 10_000)),
                    set(settings, "depth", options.whole("depth", 10, 1, 30)),
                    set(settings, "leaf", options.whole("leaf", 1, 1, 1_000_000)),
                    MOST_NOMINAL,
                    seed);
            case "linear" ->
                new LinearBaseline(
                    label,
                    features,
                    set(settings, "penalty", options.number("penalty", 1e-4, 0, 1e6)));
            case "constant" -> new Constant(label);
            default ->
                throw new UnknownNameException(
                    "unknown baseline '" + spec.name() + "'", spec.name(), NAMES);
          };
      if (spec.name().equals("gbt") && label.task() == Task.MULTICLASS) {
        settings.put("classes", "each against the rest, probabilities divided by their sum");
      }
      options.refuseOthers();
      return baseline;
    } catch (IllegalArgumentException e) {
      throw EstimatorMistake.of(e, "baselines");
    }
  }

  private static <T> T set(Map<String, Object> settings, String name, T value) {
    settings.put(name, value);
    return value;
  }
}
