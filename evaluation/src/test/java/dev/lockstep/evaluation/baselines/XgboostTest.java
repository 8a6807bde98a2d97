package dev.lockstep.evaluation.baselines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.SparkExtension;
import dev.lockstep.data.Task;
import dev.lockstep.data.encoded.EncodedRows;
import dev.lockstep.data.features.FeatureLayout;
import dev.lockstep.data.features.LabelLayout;
import dev.lockstep.data.lanes.HashPartitions;
import dev.lockstep.distributor.rendezvous.RendezvousOptions;
import dev.lockstep.distributor.training.TrainingListener;
import dev.lockstep.evaluation.metrics.Scores;
import dev.lockstep.evaluation.metrics.TestMetrics;
import dev.lockstep.models.EstimatorSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class XgboostTest {
  private static final FeatureLayout FEATURES =
      new FeatureLayout(
          List.of(
              new FeatureLayout.Numeric("x", List.of(-1f, 0f, 1f)),
              new FeatureLayout.Numeric("y", List.of(-1f, 1f))),
          List.of(new FeatureLayout.Categorical("kind", 200)));

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
      case REGRESSION -> new LabelLayout(task, List.of(), 3, 2);
    };
  }

  /** A number and a kind whose order says nothing make a value with noise, and it the label. */
  private static List<Row> rows(Task task) {
    Random random = new Random(4);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      float x = (float) random.nextGaussian();
      int kind = random.nextInt(200);
      double value = x + (kind % 2 == 0 ? 1 : -1) + random.nextGaussian();
      double label =
          switch (task) {
            case BINARY -> value > 0 ? 1 : 0;
            case MULTICLASS -> value > 1 ? 2 : value > -1 ? 1 : 0;
            case REGRESSION -> 3 + 2 * value;
          };
      rows.add(
          RowFactory.create(
              i % 4 == 0 ? "test" : i % 4 == 1 ? "validation" : "train",
              random.nextLong(),
              label,
              1 + random.nextInt(2) * 0.5,
              new Float[] {x, (float) random.nextGaussian()},
              new Integer[] {kind}));
    }
    return rows;
  }

  private static FittedBaseline fitted(Map<String, Object> options, Task task, Dataset<Row> rows) {
    return new Baselines(
            FEATURES,
            label(task),
            5,
            new BaselineFamily.Surroundings(
                2, RendezvousOptions.defaults(), TrainingListener.NONE, Optional.empty()))
        .fit(new EstimatorSpec("xgboost", options), rows.where("split != 'test'"));
  }

  private static List<Row> scored(FittedBaseline model, Dataset<Row> rows) {
    return model.score(rows.where("split = 'test'")).orderBy("hash").collectAsList();
  }

  private static double metric(Task task, FittedBaseline model, Dataset<Row> rows, String metric) {
    Dataset<Row> scored = model.score(rows.where("split = 'test'")).cache();
    return TestMetrics.of(Scores.collect(label(task), scored)).get(metric);
  }

  private static Map<String, Object> ranks(int ranks) {
    return Map.of("ranks", ranks, "sample", 0.8, "columnsByNode", 0.7);
  }

  @Test
  void the_same_bits_in_any_layout(SparkSession spark) {
    for (Task task : Task.values()) {
      List<Row> rows = rows(task);
      FittedBaseline once = fitted(ranks(2), task, spark.createDataFrame(rows, SCHEMA).coalesce(1));
      Dataset<Row> whole = spark.createDataFrame(rows, SCHEMA);
      Collections.shuffle(rows, new Random(2));
      FittedBaseline again =
          fitted(ranks(2), task, spark.createDataFrame(rows, SCHEMA).repartition(5));
      assertThat(again.trees()).isEqualTo(once.trees());
      assertThat(again.numbers()).isEqualTo(once.numbers());
      assertThat(scored(again, whole)).as(task.name()).isEqualTo(scored(once, whole));
    }
  }

  @Test
  void one_rank_gives_the_bits_of_xgboost_called_by_hand(SparkSession spark) throws Exception {
    for (Task task : Task.values()) {
      Dataset<Row> rows = spark.createDataFrame(rows(task), SCHEMA);
      FittedBaseline model = fitted(ranks(1), task, rows);
      Booster booster = byHand(task, rows);
      int kept = model.trees().orElseThrow().kept().get(0);
      List<Row> test = rows.where("split = 'test'").orderBy("hash").collectAsList();
      float[][] expected = booster.predict(matrix(test, task), false, kept);
      List<Row> found = scored(model, rows);
      for (int i = 0; i < test.size(); i++) {
        List<Double> prediction = found.get(i).getList(3);
        switch (task) {
          case BINARY -> assertThat(prediction.get(1)).isEqualTo((double) expected[i][0]);
          case REGRESSION ->
              assertThat(prediction.get(0)).isEqualTo(2 * (double) expected[i][0] + 3);
          case MULTICLASS -> {
            for (int c = 0; c < 3; c++) {
              assertThat(prediction.get(c)).isEqualTo((double) expected[i][c]);
            }
          }
        }
      }
    }
  }

  /** XGBoost without Spark, on the rows that the one rank has. */
  private static Booster byHand(Task task, Dataset<Row> rows) throws XGBoostError {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("tree_method", "hist");
    parameters.put("eta", 0.1);
    parameters.put("max_depth", 6);
    parameters.put("subsample", 0.8);
    parameters.put("colsample_bynode", 0.7);
    parameters.put("seed", 5);
    parameters.put("nthread", 1);
    switch (task) {
      case BINARY -> parameters.put("objective", "binary:logistic");
      case REGRESSION -> parameters.put("objective", "reg:squarederror");
      case MULTICLASS -> {
        parameters.put("objective", "multi:softprob");
        parameters.put("num_class", 3);
      }
    }
    DMatrix train = matrix(ordered(rows.where("split = 'train'")), task);
    DMatrix validation = matrix(ordered(rows.where("split = 'validation'")), task);
    Map<String, DMatrix> watched = new LinkedHashMap<>();
    watched.put("train", train);
    watched.put("eval", validation);
    return XGBoost.train(train, parameters, 2000, watched, null, null, null, 50);
  }

  private static List<Row> ordered(Dataset<Row> rows) {
    return HashPartitions.of(rows, 1).collectAsList();
  }

  private static DMatrix matrix(List<Row> rows, Task task) throws XGBoostError {
    float[] values = new float[3 * rows.size()];
    float[] labels = new float[rows.size()];
    float[] weights = new float[rows.size()];
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      values[3 * i] = row.<Float>getList(4).get(0);
      values[3 * i + 1] = row.<Float>getList(4).get(1);
      values[3 * i + 2] = row.<Integer>getList(5).get(0);
      double label = row.getDouble(2);
      labels[i] = (float) (task == Task.REGRESSION ? (label - 3) / 2 : label);
      weights[i] = (float) row.getDouble(3);
    }
    DMatrix matrix = new DMatrix(values, rows.size(), 3, Float.NaN);
    matrix.setLabel(labels);
    matrix.setWeight(weights);
    matrix.setFeatureTypes(new String[] {"float", "float", "c"});
    return matrix;
  }

  @Test
  void several_ranks_are_as_good_as_one(SparkSession spark) {
    Dataset<Row> rows = spark.createDataFrame(rows(Task.BINARY), SCHEMA).cache();
    double one = metric(Task.BINARY, fitted(Map.of("ranks", 1), Task.BINARY, rows), rows, "auc");
    double two = metric(Task.BINARY, fitted(Map.of("ranks", 2), Task.BINARY, rows), rows, "auc");
    assertThat(one).isGreaterThan(0.8);
    assertThat(two).isBetween(one - 0.015, one + 0.015);
  }

  @Test
  void boosting_ends_after_the_least_validation_loss(SparkSession spark) {
    Dataset<Row> rows = spark.createDataFrame(rows(Task.REGRESSION), SCHEMA).cache();
    FittedBaseline stopped = fitted(Map.of("patience", 20), Task.REGRESSION, rows);
    int kept = stopped.trees().orElseThrow().kept().get(0);
    assertThat(kept).isBetween(10, 500);
    assertThat(stopped.numbers()).isGreaterThan(3L * kept);
    FittedBaseline longer =
        fitted(Map.of("patience", 500, "trees", kept + 60), Task.REGRESSION, rows);
    assertThat(longer.trees().orElseThrow().kept()).containsExactly(kept);
    assertThat(scored(longer, rows)).isEqualTo(scored(stopped, rows));
  }

  @Test
  void without_validation_rows_there_are_a_hundred_trees(SparkSession spark) {
    Dataset<Row> rows =
        spark.createDataFrame(rows(Task.BINARY), SCHEMA).where("split != 'validation'");
    assertThat(fitted(Map.of(), Task.BINARY, rows).trees().orElseThrow())
        .isEqualTo(new Trees(100, List.of(100)));
  }

  @Test
  void a_handful_of_rows_is_enough_for_two_ranks(SparkSession spark) {
    List<Row> few =
        rows(Task.BINARY).stream().filter(r -> r.getString(0).equals("train")).limit(3).toList();
    FittedBaseline model = fitted(Map.of(), Task.BINARY, spark.createDataFrame(few, SCHEMA));
    assertThat(model.numbers()).isPositive();
  }

  @Test
  void a_wrong_option_is_named() {
    assertThatThrownBy(
            () -> Baselines.check(new EstimatorSpec("xgboost", Map.of("eta", 1)), Task.BINARY))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("xgboost has no option 'eta'");
    assertThatThrownBy(
            () -> Baselines.check(new EstimatorSpec("xgboost", Map.of("depth", 0)), Task.BINARY))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("xgboost.depth");
  }

  @Test
  void without_its_jar_it_is_refused_with_the_way_out() {
    ClassLoader own = Thread.currentThread().getContextClassLoader();
    Thread.currentThread()
        .setContextClassLoader(
            new ClassLoader(own) {
              @Override
              protected Class<?> loadClass(String name, boolean resolve)
                  throws ClassNotFoundException {
                if (name.startsWith("ml.dmlc.")) {
                  throw new ClassNotFoundException(name);
                }
                return super.loadClass(name, resolve);
              }
            });
    try {
      assertThatThrownBy(() -> Baselines.check(new EstimatorSpec("xgboost", Map.of()), Task.BINARY))
          .isInstanceOf(LockstepException.class)
          .hasMessageContaining("not on the class path")
          .hasMessageContaining("ml.dmlc:xgboost4j-spark_2.13:");
    } finally {
      Thread.currentThread().setContextClassLoader(own);
    }
  }
}
