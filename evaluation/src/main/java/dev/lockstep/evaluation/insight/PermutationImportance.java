package dev.lockstep.evaluation.insight;

import dev.lockstep.data.encoded.EncodedRows;
import dev.lockstep.data.features.FeatureModel;
import dev.lockstep.data.features.LabelLayout;
import dev.lockstep.data.progress.CountedPhase;
import dev.lockstep.data.progress.PhaseListener;
import dev.lockstep.data.progress.SparkPhase;
import dev.lockstep.distributor.random.CounterRandom;
import dev.lockstep.evaluation.metrics.MainMetric;
import dev.lockstep.evaluation.metrics.Reweighted;
import dev.lockstep.evaluation.metrics.Scores;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * Importance by permutation (Breiman, "Random Forests", Machine Learning 2001), of any model that
 * scores rows: a column's values are shuffled among the rows, and the loss of the metric that
 * decides is the importance. A model that leans on two columns that say the same can do without
 * either.
 */
public final class PermutationImportance {
  private static final int MOST_ROWS = 2000;
  private static final int SCORING_JOBS = 6;

  /** Numbers a sample may have over all its permutations, so that wide tables stay affordable. */
  private static final long MOST_NUMBERS = 5_000_000;

  private final SparkSession spark;
  private final FeatureSample sample;
  private final LabelLayout label;
  private final long seed;
  private final String model;
  private final PhaseListener listener;

  /**
   * Importance on a sample of at most 2,000 rows, fewer where features are many.
   *
   * @param seed seed of the permutations
   * @param model the name of the model
   * @param listener hears how far it has come
   */
  public PermutationImportance(
      SparkSession spark,
      FeatureSample sample,
      LabelLayout label,
      long seed,
      String model,
      PhaseListener listener) {
    int features = sample.features().size();
    int rows = (int) Math.min(MOST_ROWS, MOST_NUMBERS / ((features + 1L) * (features + 1L)));
    this.spark = spark;
    this.sample = sample.first(Math.max(1, rows));
    this.label = label;
    this.seed = seed;
    this.model = model;
    this.listener = listener;
  }

  /**
   * Of each feature, most important first.
   *
   * @param scoring from encoded rows to scored rows
   */
  public List<Importance> of(UnaryOperator<Dataset<Row>> scoring) {
    List<Row> rows = sample.rows();
    List<FeatureModel.Entries> features = sample.features();
    if (rows.isEmpty()) {
      return List.of();
    }
    // All permutations in one go; a row's hash says which permutation it belongs to, and its place.
    int size = rows.size() * (features.size() + 1);
    // Hashes far apart, as rows go to partitions by them.
    long step = Long.MAX_VALUE / size;
    List<Row> all = new ArrayList<>(size);
    for (int i = 0; i < rows.size(); i++) {
      all.add(with(rows.get(i), i * step, numbers(rows.get(i)), categories(rows.get(i))));
    }
    for (int f = 0; f < features.size(); f++) {
      int[] other = permutation(f);
      for (int i = 0; i < rows.size(); i++) {
        long hash = ((f + 1L) * rows.size() + i) * step;
        all.add(mixed(rows.get(i), rows.get(other[i]), features.get(f), hash));
      }
    }
    StructType schema = rows.get(0).schema();
    Dataset<Row> scored =
        scoring.apply(spark.createDataFrame(all, schema).repartition(2)).persist();
    try {
      Scores scores =
          SparkPhase.ofJobs(spark, "scoring shuffled columns with " + model, SCORING_JOBS, listener)
              .run(() -> Scores.collect(label, scored));
      MainMetric metric = MainMetric.of(label.task());
      double[] weight = scores.weights();
      double whole = metric(scores, weight, 0);
      CountedPhase columns =
          new CountedPhase("importance for " + model, Math.max(1, features.size()), listener);
      return IntStream.range(0, features.size())
          .mapToObj(
              f ->
                  columns.counted(
                      new Importance(
                          features.get(f).name(),
                          metric.gain(whole, metric(scores, weight, f + 1)))))
          .filter(importance -> Double.isFinite(importance.loss()))
          .sorted(Comparator.comparingDouble(Importance::loss).reversed())
          .toList();
    } finally {
      scored.unpersist(false);
    }
  }

  /** The metric of one permutation's rows: all others weigh nothing. */
  private double metric(Scores scores, double[] weight, int permutation) {
    int size = sample.rows().size();
    double[] own = new double[weight.length];
    System.arraycopy(weight, permutation * size, own, permutation * size, size);
    return Reweighted.main(scores).of(own);
  }

  /** The places of the rows in an order that the seed and the feature decide. */
  private int[] permutation(int feature) {
    long key = CounterRandom.key(seed, feature);
    return IntStream.range(0, sample.rows().size())
        .boxed()
        .sorted(Comparator.comparingLong(i -> CounterRandom.bits(key, i)))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** A row with one feature of another. */
  private static Row mixed(Row own, Row other, FeatureModel.Entries which, long hash) {
    Object[] numeric = numbers(own);
    Object[] categorical = categories(own);
    which.numeric().forEach(entry -> numeric[entry] = numbers(other)[entry]);
    if (which.categorical() >= 0) {
      categorical[which.categorical()] = categories(other)[which.categorical()];
    }
    return with(own, hash, numeric, categorical);
  }

  private static Object[] numbers(Row row) {
    return row.getList(row.fieldIndex(EncodedRows.NUMERIC)).toArray();
  }

  private static Object[] categories(Row row) {
    return row.getList(row.fieldIndex(EncodedRows.CATEGORICAL)).toArray();
  }

  /** A row that names its permutation and its place by its hash. */
  private static Row with(Row row, long hash, Object[] numeric, Object[] categorical) {
    return RowFactory.create(row.get(0), hash, row.get(2), row.get(3), numeric, categorical);
  }
}
