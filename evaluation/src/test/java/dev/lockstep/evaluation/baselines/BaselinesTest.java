package dev.lockstep.evaluation.baselines;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.SparkExtension;
import dev.lockstep.data.Task;
import dev.lockstep.data.encoded.EncodedRows;
import dev.lockstep.data.features.FeatureLayout;
import dev.lockstep.data.features.LabelLayout;
import dev.lockstep.distributor.rendezvous.RendezvousOptions;
import dev.lockstep.distributor.training.TrainingListener;
import dev.lockstep.evaluation.metrics.Scores;
import dev.lockstep.evaluation.metrics.TestMetrics;
import dev.lockstep.models.EstimatorSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class BaselinesTest {
  /** The second category has more indices than trees split as sets. */
  private static final FeatureLayout FEATURES =
      new FeatureLayout(
          List.of(
              new FeatureLayout.Numeric("x", List.of(-1f, 1f)),
              new FeatureLayout.Numeric("y", List.of(-1f, 1f))),
          List.of(
              new FeatureLayout.Categorical("kind", 5), new FeatureLayout.Categorical("many", 90)));

  private static final StructType SCHEMA =
      new StructType()
          .add(EncodedRows.SPLIT, DataTypes.StringType)
          .add(EncodedRows.HASH, DataTypes.LongType)
          .add(EncodedRows.LABEL, DataTypes.DoubleType)
          .add(EncodedRows.WEIGHT, DataTypes.DoubleType)
          .add(EncodedRows.NUMERIC, DataTypes.createArrayType(DataTypes.FloatType))
          .add(EncodedRows.CATEGORICAL, DataTypes.createArrayType(DataTypes.IntegerType));

  private static LabelLayout label(Task task) {
    return switch (task) {
      case BINARY -> new LabelLayout(task, List.of("no", "yes"), 0, 1);
      case MULTICLASS -> new LabelLayout(task, List.of("a", "b", "c"), 0, 1);
      case REGRESSION -> new LabelLayout(task, List.of(), 0, 1);
    };
  }

  /** x and a kind whose order says nothing make a value, and the value the label. */
  private static List<Row> rows(Task task) {
    Random random = new Random(11);
    double[] kinds = {0, 1.5, -1.5, 1.5, -1.5};
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      float x = (float) random.nextGaussian();
      float y = (float) random.nextGaussian();
      int kind = random.nextInt(5);
      double value = x + kinds[kind] + 0.2 * random.nextGaussian();
      double label =
          switch (task) {
            case BINARY -> value > 0 ? 1 : 0;
            case MULTICLASS -> value > 1 ? 2 : value > -1 ? 1 : 0;
            case REGRESSION -> value;
          };
      String split = i % 4 == 0 ? "test" : i % 4 == 1 ? "validation" : "train";
      rows.add(
          RowFactory.create(
              split,
              random.nextLong(),
              label,
              0.1 + 0.3 * random.nextInt(3),
              new Float[] {x, y},
              new Integer[] {kind, random.nextInt(90)}));
    }
    return rows;
  }

  private static Dataset<Row> scored(EstimatorSpec spec, Task task, Dataset<Row> rows) {
    return new Baselines(
            FEATURES,
            label(task),
            5,
            new BaselineFamily.Surroundings(
                2, RendezvousOptions.defaults(), TrainingListener.NONE, Optional.empty()))
        .fit(spec, rows.where("split != 'test'"))
        .score(rows.where("split = 'test'"));
  }

  private static double auc(Dataset<Row> scored) {
    return TestMetrics.of(Scores.collect(label(Task.BINARY), scored)).get("auc");
  }

  private static long[] bits(Dataset<Row> scored) {
    return scored.orderBy("hash").collectAsList().stream()
        .flatMap(row -> row.<Double>getList(3).stream())
        .mapToLong(Double::doubleToRawLongBits)
        .toArray();
  }

  private static EstimatorSpec small(String name) {
    Map<String, Object> options =
        switch (name) {
          case "gbt" -> Map.of("trees", 3, "depth", 3, "sample", 0.7);
          case "forest" -> Map.of("trees", 8, "depth", 4);
          case "xgboost" -> Map.of("trees", 10);
          default -> Map.of();
        };
    return new EstimatorSpec(name, options);
  }

  private static void sameBitsInAnyLayout(String name, Task task, SparkSession spark) {
    List<Row> rows = rows(task);
    long[] once = bits(scored(small(name), task, spark.createDataFrame(rows, SCHEMA).coalesce(1)));
    Collections.shuffle(rows, new Random(2));
    Dataset<Row> other = spark.createDataFrame(rows, SCHEMA).repartition(5);
    assertThat(once).isNotEmpty();
    assertArrayEquals(once, bits(scored(small(name), task, other)), name + " of " + task);
  }

  @Test
  void boosted_trees_are_the_same_bits_in_any_layout(SparkSession spark) {
    for (Task task : Task.values()) {
      sameBitsInAnyLayout("gbt", task, spark);
    }
  }

  @Test
  void forests_are_the_same_bits_in_any_layout(SparkSession spark) {
    sameBitsInAnyLayout("forest", Task.MULTICLASS, spark);
    sameBitsInAnyLayout("forest", Task.REGRESSION, spark);
  }

  @Test
  void linear_models_are_the_same_bits_in_any_layout(SparkSession spark) {
    for (Task task : Task.values()) {
      sameBitsInAnyLayout("linear", task, spark);
    }
  }

  @Test
  void the_constant_is_the_same_bits_in_any_layout(SparkSession spark) {
    sameBitsInAnyLayout("constant", Task.BINARY, spark);
    sameBitsInAnyLayout("constant", Task.REGRESSION, spark);
  }

  @Test
  void a_simple_rule_is_learned(SparkSession spark) {
    Dataset<Row> rows = spark.createDataFrame(rows(Task.BINARY), SCHEMA);
    for (EstimatorSpec spec :
        List.of(
            new EstimatorSpec("gbt", Map.of("trees", 8)),
            new EstimatorSpec("forest", Map.of("trees", 20)),
            small("linear"))) {
      double auc = auc(scored(spec, Task.BINARY, rows));
      assertThat(auc).as(spec.name()).isGreaterThan(0.93);
    }
  }

  @Test
  void probabilities_of_one_against_the_rest_add_up_to_one(SparkSession spark) {
    Dataset<Row> rows = spark.createDataFrame(rows(Task.MULTICLASS), SCHEMA);
    List<Row> found = scored(small("gbt"), Task.MULTICLASS, rows).collectAsList();
    assertThat(found).hasSize(150);
    for (Row row : found) {
      double sum = row.<Double>getList(3).stream().mapToDouble(Double::doubleValue).sum();
      assertThat(sum).isBetween(1 - 1e-12, 1 + 1e-12);
    }
  }

  /** The rows of a regression with a label of another unit, and another zero. */
  private static List<Double> predicted(String name, double unit, double zero, SparkSession spark) {
    Dataset<Row> rows =
        spark
            .createDataFrame(rows(Task.REGRESSION), SCHEMA)
            .withColumn(EncodedRows.LABEL, col(EncodedRows.LABEL).multiply(unit).plus(zero));
    LabelLayout label = new LabelLayout(Task.REGRESSION, List.of(), zero, 1.5 * unit);
    return new Baselines(
            FEATURES,
            label,
            5,
            new BaselineFamily.Surroundings(
                2, RendezvousOptions.defaults(), TrainingListener.NONE, Optional.empty()))
            .fit(small(name), rows.where("split != 'test'"))
            .score(rows.where("split = 'test'"))
            .orderBy("hash")
            .collectAsList()
            .stream()
            .map(row -> (row.<Double>getList(3).get(0) - zero) / unit)
            .toList();
  }

  @Test
  void no_baseline_depends_on_the_labels_unit(SparkSession spark) {
    for (String name : List.of("linear", "forest", "gbt", "constant")) {
      List<Double> whole = predicted(name, 1, 0, spark);
      assertThat(whole).hasSize(150);
      assertThat(predicted(name, 0x1p-20, 0, spark)).as(name).isEqualTo(whole);
    }
    List<Double> whole = predicted("linear", 1, 0, spark);
    List<Double> moved = predicted("linear", 1, 0x1p20, spark);
    for (int i = 0; i < whole.size(); i++) {
      assertThat(moved.get(i)).isCloseTo(whole.get(i), within(1e-5));
    }
  }

  /** Rows in which noise outweighs what can be learned, a few of them for validation. */
  private static List<Row> noisy(Task task) {
    Random random = new Random(3);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      float x = (float) random.nextGaussian();
      float y = (float) random.nextGaussian();
      double value = x * y + 1.5 * random.nextGaussian();
      double label =
          switch (task) {
            case BINARY -> value > 0 ? 1 : 0;
            case MULTICLASS -> value > 1 ? 2 : value > -1 ? 1 : 0;
            case REGRESSION -> value;
          };
      rows.add(
          RowFactory.create(
              i % 4 == 1 ? "validation" : "train",
              random.nextLong(),
              label,
              1.0,
              new Float[] {x, y},
              new Integer[] {0, 0}));
    }
    return rows;
  }

  private static List<Integer> kept(EstimatorSpec spec, Task task, Dataset<Row> rows) {
    Trees trees =
        new Baselines(
                FEATURES,
                label(task),
                5,
                new BaselineFamily.Surroundings(
                    2, RendezvousOptions.defaults(), TrainingListener.NONE, Optional.empty()))
            .fit(spec, rows)
            .trees()
            .orElseThrow();
    assertThat(trees.asked()).isEqualTo(spec.options().get("trees"));
    return trees.kept();
  }

  @Test
  void the_trees_with_the_least_validation_loss_are_kept(SparkSession spark) {
    Dataset<Row> rows = spark.createDataFrame(noisy(Task.REGRESSION), SCHEMA).coalesce(1).cache();
    int most = 5;
    double[] losses = new double[most];
    for (int trees = 1; trees <= most; trees++) {
      // Of the train rows alone: with no validation rows all trees are kept.
      EstimatorSpec spec =
          new EstimatorSpec("gbt", Map.of("trees", trees, "depth", 2, "rate", 0.3));
      FittedBaseline all =
          new Baselines(
                  FEATURES,
                  label(Task.REGRESSION),
                  5,
                  new BaselineFamily.Surroundings(
                      2, RendezvousOptions.defaults(), TrainingListener.NONE, Optional.empty()))
              .fit(spec, rows.where("split = 'train'"));
      assertThat(all.trees()).contains(new Trees(trees, List.of(trees)));
      losses[trees - 1] =
          TestMetrics.of(
                  Scores.collect(
                      label(Task.REGRESSION), all.score(rows.where("split = 'validation'"))))
              .get("rmse");
    }
    EstimatorSpec spec = new EstimatorSpec("gbt", Map.of("trees", most, "depth", 2, "rate", 0.3));
    int best = 1 + IntStream.range(0, most).reduce(0, (a, b) -> losses[b] < losses[a] ? b : a);
    assertThat(kept(spec, Task.REGRESSION, rows)).containsExactly(best);
    EstimatorSpec few = new EstimatorSpec("gbt", Map.of("trees", 4, "depth", 2, "rate", 0.3));
    Dataset<Row> three = spark.createDataFrame(noisy(Task.MULTICLASS), SCHEMA).coalesce(1);
    assertThat(kept(few, Task.MULTICLASS, three)).hasSize(3).allMatch(k -> k >= 1 && k <= 4);
  }

  @Test
  void a_worse_tree_does_not_end_what_later_ones_make_better() {
    assertThat(Gbt.best(new double[] {1.0, 1.1, 0.9, 0.8, 0.8, 0.95})).isEqualTo(4);
    assertThat(Gbt.best(new double[] {Double.NaN, 0.5})).isEqualTo(2);
    assertThat(Gbt.best(new double[] {Double.NaN, Double.NaN})).isEqualTo(2);
  }

  /** Numbers of ancestors of the rows that stages worked on. */
  private static final class Ancestors extends SparkListener {
    private final List<Integer> counts = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void onStageSubmitted(SparkListenerStageSubmitted stage) {
      counts.add(stage.stageInfo().rddInfos().size());
    }
  }

  @Test
  void late_trees_do_not_bring_all_earlier_ones_along(SparkSession spark, @TempDir Path directory)
      throws Exception {
    Dataset<Row> rows = spark.createDataFrame(noisy(Task.REGRESSION), SCHEMA).coalesce(1).cache();
    Path checkpoints = directory.resolve("checkpoints");
    Baselines baselines =
        new Baselines(
            FEATURES,
            label(Task.REGRESSION),
            5,
            new BaselineFamily.Surroundings(
                2,
                RendezvousOptions.defaults(),
                TrainingListener.NONE,
                Optional.of(checkpoints.toString())));
    Ancestors ancestors = new Ancestors();
    spark.sparkContext().addSparkListener(ancestors);
    try {
      baselines.fit(new EstimatorSpec("gbt", Map.of("trees", 32, "depth", 1)), rows);
      spark.sparkContext().listenerBus().waitUntilEmpty();
    } finally {
      spark.sparkContext().removeSparkListener(ancestors);
    }
    // Two more a tree until the next checkpoint, which is ten trees away at most.
    assertThat(ancestors.counts).hasSizeGreaterThan(64).allMatch(n -> n < 50);
    assertThat(checkpoints).doesNotExist();
    assertThat(spark.sparkContext().getCheckpointDir().isEmpty()).isTrue();
  }

  @Test
  void an_option_that_nothing_reads_is_refused() {
    assertThatThrownBy(
            () -> Baselines.check(new EstimatorSpec("gbt", Map.of("tree", 5)), Task.BINARY))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("tree");
  }

  @Test
  void what_is_written_scores_the_same_bits(SparkSession spark, @TempDir Path directory)
      throws Exception {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    Map<String, List<Task>> kinds =
        Map.of(
            "gbt", List.of(Task.MULTICLASS, Task.REGRESSION),
            "forest", List.of(Task.BINARY),
            "linear", List.of(Task.REGRESSION),
            "constant", List.of(Task.BINARY),
            "xgboost", List.of(Task.MULTICLASS));
    for (Map.Entry<String, List<Task>> kind : kinds.entrySet()) {
      for (Task task : kind.getValue()) {
        EstimatorSpec spec = small(kind.getKey());
        Dataset<Row> rows = spark.createDataFrame(rows(task), SCHEMA).cache();
        Baselines baselines =
            new Baselines(
                FEATURES,
                label(task),
                5,
                new BaselineFamily.Surroundings(
                    2, RendezvousOptions.defaults(), TrainingListener.NONE, Optional.empty()));
        FittedBaseline fitted = baselines.fit(spec, rows.where("split != 'test'"));
        org.apache.hadoop.fs.Path folder =
            new org.apache.hadoop.fs.Path(directory.toString(), spec.name() + "-" + task);
        fitted.write(folder.getFileSystem(hadoop), folder);
        FittedBaseline read = baselines.load(spec, spark, folder.toString());
        Dataset<Row> test = rows.where("split = 'test'");
        assertArrayEquals(
            bits(fitted.score(test)), bits(read.score(test)), spec.name() + " of " + task);
        assertThat(read.numbers()).isEqualTo(fitted.numbers());
        assertThat(read.trees()).isEqualTo(fitted.trees());
      }
    }
  }
}
