package dev.lockstep.ml;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.SparkExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Spark expects of the Params of every stage, and what the estimators refuse. */
@ExtendWith(SparkExtension.class)
class ParamsTest {
  private static final StructType SCHEMA =
      StructType.fromDDL(
          "id LONG, age DOUBLE, plan STRING, tags ARRAY<STRING>, holdout BOOLEAN, joined DATE,"
              + " churned INT");

  @TempDir Path directory;

  static Stream<Estimator<?>> estimators() {
    return Stream.of(new NetworkClassifier(), new NetworkRegressor());
  }

  @ParameterizedTest
  @MethodSource("estimators")
  void params_belong_to_their_stage_and_explain_themselves(Estimator<?> estimator) {
    assertThat(estimator.params()).hasSizeGreaterThan(30);
    for (Param<?> param : estimator.params()) {
      assertThat(param.parent()).isEqualTo(estimator.uid());
      assertThat(param.doc()).isNotBlank();
      assertThat(estimator.hasParam(param.name())).isTrue();
      assertThat((Object) estimator.getParam(param.name())).isSameAs(param);
      assertThat(estimator.explainParam(param)).startsWith(param.name() + ": ");
      assertThat(estimator.isSet(param)).as(param.name()).isFalse();
    }
    assertThat(estimator.explainParams()).contains("ranks: ", "network: ", "(default: mlp)");
  }

  private static Map<String, String> values(Params stage) {
    Map<String, String> values = new TreeMap<>();
    for (Param<?> param : stage.params()) {
      if (stage.isDefined(param)) {
        Object value = stage.getOrDefault(param);
        values.put(
            param.name() + " " + stage.isSet(param),
            value instanceof Object[] list ? Arrays.toString(list) : String.valueOf(value));
      }
    }
    return values;
  }

  /** A Param of a copy is of the same stage; what an extra map says wins, in the copy alone. */
  @Test
  void a_copy_has_all_that_was_set() {
    NetworkClassifier classifier =
        People.classifier().setRanks(1).setWeightCol("w").setLoss("{name: focal, gamma: 2}");
    NetworkClassifier copy = classifier.copy(ParamMap.empty());
    assertThat(copy).isNotSameAs(classifier);
    assertThat(copy.uid()).isEqualTo(classifier.uid());
    assertThat(values(copy)).isEqualTo(values(classifier));
    ParamMap extra = new ParamMap().put(classifier.epochs(), 99);
    assertThat(classifier.copy(extra).getOrDefault(classifier.epochs())).isEqualTo(99);
    assertThat(classifier.getOrDefault(classifier.epochs())).isEqualTo(3);
    classifier.clear(classifier.epochs());
    assertThat(classifier.isDefined(classifier.epochs())).isFalse();
  }

  @Test
  void what_is_set_and_what_is_not_survives_saving(SparkSession spark) throws IOException {
    NetworkClassifier classifier =
        People.classifier().setSharding("none").setWarmup(0.1).setDateCols(new String[] {"joined"});
    String path = directory.resolve("classifier").toString();
    classifier.save(path);
    NetworkClassifier loaded = NetworkClassifier.load(path);
    assertThat(loaded.uid()).isEqualTo(classifier.uid());
    assertThat(values(loaded)).isEqualTo(values(classifier));
    assertThatThrownBy(() -> classifier.save(path)).isInstanceOf(IOException.class);
    ((MLWritable) classifier).write().overwrite().save(path);

    NetworkRegressor regressor = People.regressor().setRanks(1);
    String other = directory.resolve("regressor").toString();
    regressor.save(other);
    assertThat(values(NetworkRegressor.load(other))).isEqualTo(values(regressor));
  }

  /** Numbers all have bounds; texts have choices where their help lists them. */
  @ParameterizedTest
  @MethodSource("estimators")
  void a_value_that_is_not_allowed_is_refused_in_a_sentence(Estimator<?> estimator) {
    List<String> choices = new ArrayList<>();
    for (Param<?> param : estimator.params()) {
      if (param instanceof IntParam whole) {
        refusedValue(() -> new ParamMap().put(whole, -1), whole, -1, "must be at least 1");
      } else if (param instanceof DoubleParam number) {
        refusedValue(() -> estimator.set(number, Double.NaN), number, Double.NaN, "must be a");
      } else if (param.doc().matches(".*: \\w+(, [\\w-]+)+")) {
        choices.add(param.name());
        String known = param.doc().substring(param.doc().lastIndexOf(": ") + 2);
        refusedValue(
            () -> estimator.set(estimator.getParam(param.name()), "x y"),
            param,
            "x y",
            "must be one of " + known);
      }
    }
    assertThat(choices)
        .containsExactlyInAnyOrder(
            "network",
            "numericTransform",
            "handleInvalid",
            "optimizer",
            "schedule",
            "sharding",
            "gradients",
            "validationMetric");
    NetworkClassifier classifier = new NetworkClassifier();
    assertThatThrownBy(() -> classifier.setValidationShare(1))
        .hasMessage("validationShare is 1.0, but must be at least 0 and below 1");
    assertThatThrownBy(() -> classifier.setLearningRate(0))
        .hasMessage("learningRate is 0.0, but must be above 0");
    assertThatThrownBy(() -> classifier.setWarmup(1))
        .hasMessage("warmup is 1.0, but must be at least 0.0 and at most 0.999");
  }

  private static void refusedValue(
      ThrowingCallable sets, Param<?> param, Object value, String allowed) {
    assertThatThrownBy(sets)
        .as(param.name())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("%s is %s, but %s".formatted(param.name(), value, allowed));
  }

  private static NetworkClassifier classifier() {
    return new NetworkClassifier()
        .setNumericCols(new String[] {"age"})
        .setCategoricalCols(new String[] {"plan"})
        .setLabelCol("churned");
  }

  @Test
  void the_schema_gets_the_columns_that_are_wanted() {
    assertThat(classifier().transformSchema(SCHEMA).fieldNames())
        .startsWith(SCHEMA.fieldNames())
        .endsWith("rawPrediction", "probability", "prediction");
    assertThat(classifier().setRawPredictionCol("").transformSchema(SCHEMA).fieldNames())
        .endsWith("churned", "probability", "prediction");
    NetworkRegressor regressor =
        new NetworkRegressor().setNumericCols(new String[] {"age"}).setLabelCol("id");
    assertThat(regressor.transformSchema(SCHEMA).fieldNames()).endsWith("churned", "prediction");
  }

  @Test
  void a_schema_that_cannot_be_fitted_is_refused_by_the_name_of_the_param() {
    refused(classifier().setLabelCol("churn"), "labelCol 'churn' is not a column", "'churned'");
    refused(classifier().setNumericCols(new String[] {"plan"}), "numericCols 'plan'", "string");
    refused(classifier().setCategoricalCols(new String[] {"tags"}), "categoricalCols 'tags'");
    refused(classifier().setDateCols(new String[] {"age"}), "dateCols 'age'", "double");
    refused(
        classifier().setDateCols(new String[] {"joined", "joined"}), "'joined' is a feature twice");
    refused(
        new NetworkClassifier().setLabelCol("churned").setDateCols(new String[] {"joined"}),
        "dateCols names 'joined', but numericCols and categoricalCols are empty");
    refused(
        classifier().setNumericCols(new String[] {"churned"}), "'churned' is both a feature and");
    refused(classifier().setWeightCol("holdout"), "weightCol 'holdout'", "A weight is a number");
    refused(classifier().setKeyCols(new String[] {"idd"}), "keyCols 'idd' is not", "'id'");
    refused(classifier().setValidationIndicatorCol("id"), "validationIndicatorCol 'id'");
    refused(classifier().setPredictionCol("age"), "there is a column 'age' already");
    refused(new NetworkClassifier().setLabelCol("churned"), "there are no features", "'features'");
    refused(
        new NetworkClassifier().setLabelCol("churned").setFeaturesCol("age"),
        "featuresCol 'age' is a column of type double");
    refused(
        new NetworkRegressor().setNumericCols(new String[] {"age"}).setLabelCol("plan"),
        "labelCol 'plan' is a column of type string, which holds no numbers");
  }

  private static void refused(Estimator<?> estimator, String... words) {
    assertThatThrownBy(() -> estimator.transformSchema(SCHEMA))
        .isInstanceOf(LockstepException.class)
        .hasMessageContainingAll(words);
  }

  @Test
  void rows_that_cannot_be_fitted_are_refused_and_leave_nothing_behind(SparkSession spark)
      throws IOException {
    Dataset<Row> people = People.of(spark, 200).cache();
    assertThat(people.count()).isEqualTo(200);
    int cached = spark.sparkContext().getPersistentRDDs().size();
    assertThatThrownBy(
            () ->
                People.classifier()
                    .setValidationIndicatorCol("none")
                    .fit(people.withColumn("none", lit(false))))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("validationIndicatorCol 'none' is true in no row");
    assertThatThrownBy(() -> People.classifier().setRanks(9).fit(people))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("9 ranks need 9 task slots at once");
    assertThatThrownBy(() -> People.classifier().setNetworkOptions("hiden: [8]").fit(people))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("hiden");
    assertThatThrownBy(() -> People.classifier().setNetworkOptions("hidden: [8").fit(people))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("networkOptions");
    Path folder = Files.createDirectory(directory.resolve("empty"));
    assertThatThrownBy(
            () ->
                People.classifier()
                    .setCheckpointDir(folder.toString())
                    .setLearningRate(1e30)
                    .fit(people))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("diverged");
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
    assertThat(spark.sparkContext().getPersistentRDDs().size()).isEqualTo(cached);
    people.unpersist();
  }

  @Test
  void scoring_and_loading_name_what_is_missing(SparkSession spark) throws IOException {
    Dataset<Row> people = People.of(spark, 200);
    NetworkClassificationModel model = People.classifier().setRanks(1).fit(people);
    assertThatThrownBy(() -> model.transform(people.drop("balance")))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("the dataset has no column 'balance', a feature of the model");
    assertThatThrownBy(() -> model.transform(people.withColumn("prediction", col("age"))))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("there is a column 'prediction' already");
    assertThatThrownBy(() -> model.transform(people.withColumn("age", array(lit(1)))))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("'age' is a numeric feature of the model");
    String path = directory.resolve("model").toString();
    model.save(path);
    Path record = Path.of(path, "fit.json");
    Files.deleteIfExists(Path.of(path, ".fit.json.crc"));
    Files.writeString(record, Files.readString(record).replace("\"format\":1", "\"format\":2"));
    assertThatThrownBy(() -> NetworkClassificationModel.load(path))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("format 2; this release reads 1");
    assertThatThrownBy(() -> NetworkClassificationModel.load(path + "x"))
        .isInstanceOf(LockstepException.class)
        .hasMessageStartingWith("there is no NetworkClassificationModel in " + path + "x");
    assertThat(List.of(model.transform(people).columns())).contains("prediction");
  }
}
