package dev.lockstep.ml;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.SparkExtension;
import dev.lockstep.data.Task;
import dev.lockstep.data.features.DateFeature;
import dev.lockstep.data.features.RowEncoder;
import dev.lockstep.data.preparation.Preparation;
import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.data.snapshot.PinnedTable;
import dev.lockstep.data.spec.DataSpec;
import dev.lockstep.data.spec.FeaturesSpec;
import dev.lockstep.data.spec.SplitSpec;
import dev.lockstep.distributor.loop.EpochReport;
import dev.lockstep.distributor.rendezvous.RendezvousOptions;
import dev.lockstep.distributor.saved.ModelFolder;
import dev.lockstep.distributor.spec.Network;
import dev.lockstep.distributor.spec.TrainingOptions;
import dev.lockstep.distributor.training.TrainedModel;
import dev.lockstep.distributor.training.Trainer;
import dev.lockstep.distributor.training.TrainingData;
import dev.lockstep.distributor.training.TrainingListener;
import dev.lockstep.models.EstimatorSpec;
import dev.lockstep.models.SavedNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.classification.OneVsRest;
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.functions;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.StreamingQueryException;
import org.apache.spark.sql.streaming.Trigger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Tag("every-spark")
@ExtendWith(SparkExtension.class)
class NetworkClassifierTest {
  private static final int ROWS = 1500;

  @TempDir static Path directory;
  private static Dataset<Row> people;
  private static NetworkClassificationModel model;

  @BeforeAll
  static void fit(SparkSession spark) {
    people = People.of(spark, ROWS).cache();
    model = People.classifier().setEpochs(12).setLearningRate(0.01).fit(people);
  }

  @AfterAll
  static void forget() {
    people.unpersist();
  }

  private static List<Row> scores(Dataset<Row> scored) {
    return scored
        .select("id", "rawPrediction", "probability", "prediction")
        .sort("id")
        .collectAsList();
  }

  /** The people with a vector of two numbers. */
  private static Dataset<Row> vectors() {
    return new VectorAssembler()
        .setInputCols(new String[] {"balance", "spent"})
        .setOutputCol("features")
        .transform(people);
  }

  @Test
  void it_learns_and_sparks_evaluators_judge_it() {
    Dataset<Row> scored = model.transform(people);
    assertThat(scored.columns()).containsSubsequence(people.columns());
    BinaryClassificationEvaluator auc = new BinaryClassificationEvaluator().setLabelCol("churned");
    assertThat(auc.evaluate(scored)).isGreaterThan(0.85);
    MulticlassClassificationEvaluator loss =
        new MulticlassClassificationEvaluator().setLabelCol("churned").setMetricName("logLoss");
    assertThat(loss.evaluate(scored)).isLessThan(0.6);
    assertThat(model.history()).hasSizeGreaterThan(2);
    assertThat(model.bestEpoch()).isBetween(1, model.history().size());
    assertThat(model.numClasses()).isEqualTo(2);
    assertThat(model.classes()).containsExactly("0", "1");
    assertThat(model.numFeatures()).isEqualTo(4);
  }

  /** Whatever rows it shares a partition or a batch with. */
  @Test
  void a_rows_scores_depend_on_nothing_but_the_row() {
    List<Row> expected = scores(model.transform(people));
    assertThat(scores(model.transform(people.repartition(7)))).isEqualTo(expected);
    Dataset<Row> few = people.where("id in (3, 1234)");
    assertThat(scores(model.transform(few))).containsExactly(expected.get(3), expected.get(1234));
  }

  @Test
  void the_same_rows_and_seed_give_the_same_bits_in_any_layout() {
    NetworkClassifier classifier = People.classifier();
    String once = classifier.fit(people).card().weightsSha256();
    assertThat(classifier.fit(people.repartition(5)).card().weightsSha256()).isEqualTo(once);
    assertThat(classifier.copy(ParamMap.empty()).setSeed(2).fit(people).card().weightsSha256())
        .isNotEqualTo(once);
  }

  @Test
  void fit_gives_the_bits_of_train_and_names_the_version(SparkSession spark)
      throws IOException, TimeoutException, StreamingQueryException {
    String table = directory.resolve("people").toString();
    people
        .withColumn("joined", expr("date_add(DATE'2020-01-01', int(id * 37 % 1500))"))
        .withColumn(
            "seen",
            expr(
                "if(id % 11 = 0, null, TIMESTAMP'2024-05-01 00:00:00' + make_interval(0, 0, 0, 0, int(id * 7 % 900)))"))
        .withColumn(
            "part",
            when(col("id").mod(5).equalTo(0), "test")
                .when(col("id").mod(5).equalTo(1), "validation")
                .otherwise("train"))
        .write()
        .format("delta")
        .save(table);
    FeaturesSpec features =
        new FeaturesSpec(
            List.of("age", "balance"),
            List.of("plan", "country"),
            null,
            null,
            null,
            List.of("joined", "seen"));
    DataSpec data =
        new DataSpec(
            table,
            null,
            null,
            Task.BINARY,
            "churned",
            null,
            List.of("id"),
            "w",
            null,
            features,
            new SplitSpec(null, null, null, "part", null, null));
    Network network =
        Network.of(
            new EstimatorSpec(
                "mlp",
                Map.of("hidden", List.of(16), "training", Map.of("epochs", 3, "batch", 128))),
            TrainingOptions.empty());
    TrainedModel trained;
    try (PreparedData prepared = Preparation.prepare(spark, data, network.transform())) {
      trained =
          new Trainer(spark, RendezvousOptions.defaults(), TrainingListener.NONE)
              .train(
                  TrainingData.of(prepared),
                  network,
                  1,
                  new ModelFolder(directory.resolve("run").toString(), "mlp"),
                  false);
    }
    Dataset<Row> rows =
        spark
            .read()
            .format("delta")
            .load(table)
            .where("part <> 'test'")
            .withColumn("held", col("part").equalTo("validation"));
    NetworkClassifier classifier =
        People.classifier()
            .setDateCols(new String[] {"joined", "seen"})
            .setKeyCols(new String[] {"id"})
            .setWeightCol("w")
            .setBatchSize(128)
            .setValidationIndicatorCol("held");
    NetworkClassificationModel fitted = classifier.fit(rows);
    assertThat(fitted.card().weightsSha256()).isEqualTo(trained.weightsSha256());
    assertThat(fitted.tables()).extracting(PinnedTable::version).containsExactly(0L);
    assertThat(fitted.tables().get(0).location()).endsWith(table);

    assertThat(fitted.features().dates())
        .extracting(DateFeature::name)
        .containsExactly("joined", "seen");
    assertThat(fitted.numFeatures()).isEqualTo(6);
    String saved = directory.resolve("dates").toString();
    fitted.save(saved);
    List<Row> expected = scores(fitted.transform(spark.read().format("delta").load(table)));
    NetworkClassificationModel loaded = NetworkClassificationModel.load(saved);
    StreamingQuery query =
        loaded
            .transform(spark.readStream().format("delta").load(table))
            .writeStream()
            .trigger(Trigger.AvailableNow())
            .format("memory")
            .queryName("dated")
            .start();
    query.awaitTermination();
    assertThat(scores(spark.table("dated"))).isEqualTo(expected);
    assertThat(classifier.copy(ParamMap.empty()).getDateCols()).containsExactly("joined", "seen");
    assertThatThrownBy(
            () ->
                classifier
                    .copy(ParamMap.empty())
                    .setDateCols(new String[] {"seen"})
                    .setNumericCols(new String[] {"age", "balance", "joined"})
                    .warmStartFrom(fitted)
                    .fit(rows))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("dates: [joined, seen]");
  }

  @Test
  void texts_are_classes_by_their_index() {
    Dataset<Row> named =
        people.withColumn("left", when(col("churned").equalTo(1), "yes").otherwise("no"));
    NetworkClassificationModel fitted = People.classifier().setLabelCol("left").fit(named);
    assertThat(fitted.card().weightsSha256())
        .isEqualTo(People.classifier().fit(named).card().weightsSha256());
    Dataset<Row> scored = fitted.transform(named);
    assertThat(fitted.classes()).containsExactly("no", "yes");
    NominalAttribute classes =
        (NominalAttribute) Attribute.fromStructField(scored.schema().apply("prediction"));
    assertThat(classes.values().get()).containsExactly("no", "yes");
    assertThat(scored.select("prediction").distinct().collectAsList())
        .extracting(row -> row.getDouble(0))
        .isSubsetOf(0.0, 1.0);
  }

  /** As Spark's evaluators look for them, though no train row has class 1. */
  @Test
  void a_class_of_whole_numbers_is_its_place() {
    Dataset<Row> gaps = people.where("kind <> 1.0");
    NetworkClassificationModel fitted = People.classifier().setLabelCol("kind").fit(gaps);
    assertThat(fitted.numClasses()).isEqualTo(3);
    for (Row row : fitted.transform(people).collectAsList()) {
      Vector probability = row.getAs("probability");
      Vector raw = row.getAs("rawPrediction");
      assertThat(probability.apply(1)).isZero();
      assertThat(raw.apply(1)).isEqualTo(Double.NEGATIVE_INFINITY);
      assertThat(probability.apply(0) + probability.apply(2)).isCloseTo(1, within(1e-6));
      assertThat(row.<Double>getAs("prediction")).isIn(0.0, 2.0);
    }
  }

  @Test
  void thresholds_decide_and_empty_names_leave_columns_out() {
    double[] thresholds = {0.99, 0.01};
    NetworkClassificationModel other =
        model.copy(ParamMap.empty()).setThresholds(thresholds).setRawPredictionCol("");
    Dataset<Row> scored = other.transform(people);
    assertThat(scored.columns())
        .contains("probability", "prediction")
        .doesNotContain("rawPrediction");
    for (Row row : scored.collectAsList()) {
      Vector probability = row.getAs("probability");
      boolean second = probability.apply(1) / 0.01 > probability.apply(0) / 0.99;
      assertThat(row.<Double>getAs("prediction")).isEqualTo(second ? 1 : 0);
    }
    assertThat(model.transform(people).where("prediction = 0").count()).isPositive();
    ParamMap three = new ParamMap().put(model.thresholds(), new double[] {1, 1, 1});
    assertThatThrownBy(() -> model.copy(three).transform(people))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("thresholds has 3 numbers, but there are 2 classes");
  }

  @Test
  void nominal_entries_of_a_vector_are_embedded() {
    Dataset<Row> indexed =
        new StringIndexer()
            .setInputCols(new String[] {"plan", "country"})
            .setOutputCols(new String[] {"planIndex", "countryIndex"})
            .setHandleInvalid("keep")
            .fit(people)
            .transform(people);
    Dataset<Row> assembled =
        new VectorAssembler()
            .setInputCols(new String[] {"planIndex", "age", "balance", "countryIndex"})
            .setOutputCol("features")
            .setHandleInvalid("keep")
            .transform(indexed);
    NetworkClassificationModel fitted =
        new NetworkClassifier()
            .setLabelCol("churned")
            .setNetworkOptions(Map.of("hidden", List.of(16)))
            .setEpochs(12)
            .setLearningRate(0.01)
            .fit(assembled);
    assertThat(fitted.card().schema().categorical()).isEqualTo(2);
    assertThat(fitted.features().numericColumns())
        .containsExactly("features[age]", "features[balance]");
    Dataset<Row> scored = fitted.transform(assembled);
    assertThat(new BinaryClassificationEvaluator().setLabelCol("churned").evaluate(scored))
        .isGreaterThan(0.85);
    for (Row row : scored.limit(5).collectAsList()) {
      Vector features = row.getAs("features");
      Vector raw = row.getAs("rawPrediction");
      assertThat(fitted.predictRaw(features)).isEqualTo(raw);
      assertThat(fitted.predictRaw(features.toSparse())).isEqualTo(raw);
      assertThat(fitted.predict(features)).isEqualTo(row.<Double>getAs("prediction"));
      Vector probability = row.getAs("probability");
      assertThat(fitted.predictProbability(features).apply(1))
          .isCloseTo(probability.apply(1), within(1e-6));
    }
  }

  /** Whose members' probabilities are averaged, so that it has no logits. */
  @Test
  void an_ensemble_in_one_network_says_the_same_of_a_vector_as_of_a_row() {
    Dataset<Row> vectors = vectors();
    NetworkClassificationModel fitted =
        new NetworkClassifier()
            .setNetwork("tabm")
            .setLabelCol("churned")
            .setEpochs(2)
            .setLearningRate(0.01)
            .fit(vectors);
    Set<Double> predictions = new HashSet<>();
    for (Row row : fitted.transform(vectors).limit(40).collectAsList()) {
      Vector features = row.getAs("features");
      Vector probability = row.getAs("probability");
      assertThat(fitted.predictProbability(features).apply(1))
          .isCloseTo(probability.apply(1), within(1e-6));
      assertThat(fitted.predict(features)).isEqualTo(row.<Double>getAs("prediction"));
      predictions.add(row.getAs("prediction"));
    }
    assertThat(predictions).containsExactlyInAnyOrder(0.0, 1.0);
  }

  @Test
  void a_vector_that_is_null_or_of_another_size_is_named() {
    Dataset<Row> vectors = vectors();
    Dataset<Row> none =
        vectors.withColumn("features", when(col("id").notEqual(7), col("features")));
    NetworkClassifier classifier =
        new NetworkClassifier()
            .setLabelCol("churned")
            .setNetworkOptions("hidden: [8]")
            .setEpochs(1);
    assertThatThrownBy(() -> classifier.fit(none))
        .hasMessageContaining("featuresCol 'features' is null");
    assertThat(classifier.copy(ParamMap.empty()).setHandleInvalid("skip").fit(none).numFeatures())
        .isEqualTo(2);
    Dataset<Row> longer =
        none.withColumn(
            "features",
            functions.array_to_vector(
                when(col("id").equalTo(7), array(lit(1.0), lit(2.0), lit(3.0)))
                    .otherwise(array(col("balance"), col("spent")))));
    assertThatThrownBy(() -> classifier.fit(longer))
        .hasMessageContaining("featuresCol 'features' has 2 entries, but in one row 3");
  }

  @Test
  void columns_of_the_dataset_are_found_in_what_is_scored() {
    Dataset<Row> scored = model.transform(people.alias("p"));
    assertThat(scored.select(people.col("id"), col("p.plan"), col("prediction")).columns())
        .containsExactly("id", "plan", "prediction");
    assertThat(scored.as("a").join(scored.as("b"), "id").where("a.plan = b.plan").count())
        .isEqualTo(ROWS);
  }

  @Test
  void one_against_the_rest_takes_it() {
    Dataset<Row> vectors = vectors().withColumn("label", col("kind"));
    OneVsRest rest =
        new OneVsRest()
            .setClassifier(
                new NetworkClassifier().setNetworkOptions("hidden: [8]").setEpochs(2).setSeed(3));
    assertThat(rest.fit(vectors).transform(vectors).select("prediction").distinct().count())
        .isPositive();
  }

  @Test
  void rows_that_cannot_be_trained_on_are_left_out_if_that_is_asked_for() {
    Dataset<Row> some =
        people.withColumn("churned", when(col("id").lt(10), lit(null)).otherwise(col("churned")));
    List<String> warnings = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void warned(String message) {
            warnings.add(message);
          }
        };
    NetworkClassificationModel skipped =
        People.classifier().setHandleInvalid("skip").setTrainingListener(listener).fit(some);
    assertThat(skipped.card().weightsSha256())
        .isEqualTo(People.classifier().fit(people.where("id >= 10")).card().weightsSha256());
    assertThat(warnings).anyMatch(w -> w.startsWith("10 of 1,500 rows were left out"));
  }

  @Test
  void checkpoints_leave_nothing_behind_and_change_nothing() throws IOException {
    Path folder = Files.createDirectory(directory.resolve("checkpoints"));
    NetworkClassifier classifier = People.classifier();
    String expected = classifier.fit(people).card().weightsSha256();
    assertThat(classifier.setCheckpointDir(folder.toString()).fit(people).card().weightsSha256())
        .isEqualTo(expected);
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void what_is_saved_loads_and_scores_the_same_with_spark_and_without() throws IOException {
    String path = directory.resolve("saved").toString();
    model.save(path);
    NetworkClassificationModel loaded = NetworkClassificationModel.load(path);
    assertThat(loaded.uid()).isEqualTo(model.uid());
    assertThat(loaded.extractParamMap().toSeq().size())
        .isEqualTo(model.extractParamMap().toSeq().size());
    assertThat(loaded.history()).isEqualTo(model.history());
    assertThat(loaded.toString())
        .isEqualTo(model.toString())
        .contains(model.card().weightsSha256());
    assertThat(scores(loaded.transform(people))).isEqualTo(scores(model.transform(people)));
    RowEncoder encoder = RowEncoder.open(Path.of(path));
    assertThat(encoder.columns()).containsExactly("age", "balance", "plan", "country");
    try (SavedNetwork network = SavedNetwork.open(Path.of(path, "model"))) {
      assertThat(network.card()).isEqualTo(model.card());
      for (Row row : model.transform(people).limit(50).collectAsList()) {
        Map<String, Object> values = new HashMap<>();
        encoder.columns().forEach(name -> values.put(name, row.getAs(name)));
        float[] predicted =
            network
                .predict(
                    new float[][] {encoder.numbers(values)}, new int[][] {encoder.indices(values)})[
                0];
        Vector probability = row.getAs("probability");
        assertThat((double) predicted[1]).isCloseTo(probability.apply(1), within(1e-6));
      }
    }
  }

  /** As the server of Spark Connect keeps models. */
  @Test
  void what_is_saved_on_this_machine_loads_from_it() throws IOException {
    String path = directory.resolve("local").toString();
    model.write().saveToLocal(path);
    NetworkClassificationModel loaded = NetworkClassificationModel.read().loadFromLocal(path);
    assertThat(scores(loaded.transform(people))).isEqualTo(scores(model.transform(people)));
    assertThat(loaded.features()).isEqualTo(model.features());
    assertThat(model.estimatedSize()).isBetween(1000L, 100_000L);
  }

  @Test
  void a_listener_ends_training_and_hears_each_epoch() {
    List<Integer> heard = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void epochEnded(String network, EpochReport report) {
            heard.add(report.epoch());
          }

          @Override
          public boolean stopsAfter(String network, EpochReport report) {
            return report.epoch() == 4;
          }
        };
    NetworkClassificationModel stopped =
        People.classifier().setEpochs(50).setTrainingListener(listener).fit(people);
    assertThat(heard).containsExactly(1, 2, 3, 4);
    assertThat(stopped.history()).hasSize(4);
    TrainingListener broken =
        new TrainingListener() {
          @Override
          public boolean stopsAfter(String network, EpochReport report) {
            throw new ArithmeticException("the program's own");
          }
        };
    assertThatThrownBy(() -> People.classifier().setTrainingListener(broken).fit(people))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage("the program's own");
    assertThat(stopped.card().weightsSha256())
        .isEqualTo(People.classifier().setEpochs(4).fit(people).card().weightsSha256());
  }

  @Test
  void training_begins_with_an_earlier_models_weights() {
    NetworkClassifier classifier = People.classifier().setEpochs(1).setLearningRate(1e-9);
    NetworkClassificationModel further =
        classifier.warmStartFrom(model).copy(ParamMap.empty()).fit(people.where("id > 100"));
    assertThat(further.features().sha256()).isEqualTo(model.features().sha256());
    double before = model.history().get(model.bestEpoch() - 1).validationLoss();
    assertThat(further.history().get(0).validationLoss()).isCloseTo(before, within(0.05));
    assertThat(classifier.warmStartFrom(null).fit(people).history().get(0).validationLoss())
        .isGreaterThan(before + 0.1);

    assertThatThrownBy(
            () -> classifier.setNetworkOptions("hidden: [8]").warmStartFrom(model).fit(people))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("cannot begin with the weights of");
    assertThatThrownBy(
            () ->
                People.classifier()
                    .setNumericCols(new String[] {"age"})
                    .warmStartFrom(model)
                    .fit(people))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("numbers [age, balance], categories [plan, country]");
    assertThatThrownBy(
            () -> People.classifier().warmStartFrom(model).setLabelCol("kind").fit(people))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("none of the model's classes: 0, 1");
  }
}
