package dev.lockstep.evaluation.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.data.SparkExtension;
import dev.lockstep.data.Task;
import dev.lockstep.data.features.LabelLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.mllib.evaluation.BinaryClassificationMetrics;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class TestMetricsTest {
  private static final LabelLayout BINARY = new LabelLayout(Task.BINARY, List.of("n", "y"), 0, 1);
  private static final StructType SCHEMA =
      new StructType()
          .add("hash", DataTypes.LongType)
          .add("label", DataTypes.DoubleType)
          .add("weight", DataTypes.DoubleType)
          .add("prediction", DataTypes.createArrayType(DataTypes.DoubleType));

  private static Row row(long hash, double label, double weight, Double... prediction) {
    return RowFactory.create(hash, label, weight, prediction);
  }

  private static Row yes(long hash, double label, double weight, double probability) {
    return row(hash, label, weight, 1 - probability, probability);
  }

  private static List<Row> random() {
    Random random = new Random(3);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      double label = random.nextInt(3) == 0 ? 1 : 0;
      double score = Math.rint(20 * (0.3 * label + 0.7 * random.nextDouble())) / 20;
      rows.add(yes(i, label, 0.5 + random.nextInt(3), score));
    }
    return rows;
  }

  @Test
  void a_case_that_fits_on_paper(SparkSession spark) {
    List<Row> rows =
        List.of(yes(1, 1, 1, 0.9), yes(2, 0, 1, 0.6), yes(3, 1, 2, 0.6), yes(4, 0, 1, 0.1));
    Map<String, Double> metrics =
        TestMetrics.of(Scores.collect(BINARY, spark.createDataFrame(rows, SCHEMA)));
    // Pairs: 0.9 beats both negatives (2 of 2); the two at 0.6 tie with one, beat one (2 * 1.5).
    assertThat(metrics.get("auc")).isCloseTo((2 + 3) / 6.0, within(1e-12));
    assertThat(metrics.get("accuracy")).isCloseTo(4 / 5.0, within(1e-12));
    assertThat(metrics.get("f1")).isCloseTo(6 / 7.0, within(1e-12));
    assertThat(metrics.get("brier")).isCloseTo((0.01 + 0.36 + 2 * 0.16 + 0.01) / 5, within(1e-12));
    double logLoss = -(Math.log(0.9) + Math.log(0.4) + 2 * Math.log(0.6) + Math.log(0.9)) / 5;
    assertThat(metrics.get("logLoss")).isCloseTo(logLoss, within(1e-12));
  }

  @Test
  void auc_with_ties_and_weights_is_that_of_mllib(SparkSession spark) {
    Dataset<Row> scored = spark.createDataFrame(random(), SCHEMA);
    var tuples =
        scored
            .selectExpr("prediction[1] as score", "label", "weight")
            .javaRDD()
            .map(
                r ->
                    (scala.Product)
                        new scala.Tuple3<Object, Object, Object>(
                            r.getDouble(0), r.getDouble(1), r.getDouble(2)));
    double expected = new BinaryClassificationMetrics(tuples.rdd(), 0).areaUnderROC();
    assertThat(TestMetrics.of(Scores.collect(BINARY, scored)).get("auc"))
        .isCloseTo(expected, within(1e-12));
  }

  @Test
  void partitions_do_not_change_the_last_digit(SparkSession spark) {
    Dataset<Row> scored = spark.createDataFrame(random(), SCHEMA);
    Map<String, Double> once = TestMetrics.of(Scores.collect(BINARY, scored.repartition(1)));
    assertThat(TestMetrics.of(Scores.collect(BINARY, scored.repartition(7)))).isEqualTo(once);
  }

  @Test
  void regression_in_the_labels_own_units(SparkSession spark) {
    LabelLayout label = new LabelLayout(Task.REGRESSION, List.of(), 5, 2);
    List<Row> rows = List.of(row(1, 1, 1, 2.0), row(2, 3, 1, 3.0), row(3, 5, 2, 3.0));
    Map<String, Double> metrics =
        TestMetrics.of(Scores.collect(label, spark.createDataFrame(rows, SCHEMA)));
    assertThat(metrics.get("rmse")).isCloseTo(Math.sqrt((1 + 0 + 2 * 4) / 4.0), within(1e-12));
    assertThat(metrics.get("mae")).isCloseTo(5 / 4.0, within(1e-12));
    // The weighted mean is 3.5, the squares around it 6.25 + 0.25 + 2 * 2.25.
    assertThat(metrics.get("r2")).isCloseTo(1 - 9 / 11.0, within(1e-12));
  }

  @Test
  void three_classes(SparkSession spark) {
    LabelLayout label = new LabelLayout(Task.MULTICLASS, List.of("a", "b", "c"), 0, 1);
    List<Row> rows =
        List.of(
            row(1, 0, 1, 0.8, 0.1, 0.1),
            row(2, 1, 1, 0.5, 0.3, 0.2),
            row(3, 2, 1, 0.1, 0.2, 0.7),
            row(4, 1, 1, 0.2, 0.6, 0.2));
    Map<String, Double> metrics =
        TestMetrics.of(Scores.collect(label, spark.createDataFrame(rows, SCHEMA)));
    assertThat(metrics.get("accuracy")).isCloseTo(0.75, within(1e-12));
    // F1 of a: 2/3 (one wrongly), of b: 2/3 (one missed), of c: 1.
    assertThat(metrics.get("macroF1")).isCloseTo((2 / 3.0 + 2 / 3.0 + 1) / 3, within(1e-12));
    assertThat(metrics.get("weightedF1")).isCloseTo((2 / 3.0 + 4 / 3.0 + 1) / 4, within(1e-12));
    double likelihood = Math.log(0.8) + Math.log(0.3) + Math.log(0.7) + Math.log(0.6);
    assertThat(metrics.get("logLoss")).isCloseTo(-likelihood / 4, within(1e-12));
  }
}
