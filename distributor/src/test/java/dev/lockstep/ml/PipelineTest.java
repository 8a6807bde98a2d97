package dev.lockstep.ml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.data.SparkExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.classification.GBTClassifier;
import org.apache.spark.ml.clustering.KMeans;
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator;
import org.apache.spark.ml.feature.OneHotEncoder;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.ParamPair;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.ml.tuning.TrainValidationSplit;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.StreamingQueryException;
import org.apache.spark.sql.streaming.Trigger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Networks among Spark's own stages: in pipelines, in grids, on streams, in other JVMs. */
@ExtendWith(SparkExtension.class)
class PipelineTest {
  @TempDir Path directory;

  private static NetworkClassifier network() {
    return new NetworkClassifier()
        .setLabelCol("churned")
        .setNetworkOptions("hidden: [8]")
        .setEpochs(3)
        .setLearningRate(0.01)
        .setSeed(1);
  }

  /** Indices as categories, scaled numbers, one-hot columns and a cluster's index beside them. */
  private static List<PipelineStage> stages() {
    return new ArrayList<>(
        List.of(
            new StringIndexer()
                .setInputCols(new String[] {"plan", "country"})
                .setOutputCols(new String[] {"planIndex", "countryIndex"})
                .setHandleInvalid("keep"),
            new OneHotEncoder().setInputCol("planIndex").setOutputCol("planVector"),
            new VectorAssembler()
                .setInputCols(new String[] {"balance", "spent"})
                .setOutputCol("numbers"),
            new StandardScaler().setInputCol("numbers").setOutputCol("scaled").setWithMean(true),
            new KMeans().setFeaturesCol("scaled").setPredictionCol("cluster").setK(3).setSeed(1),
            new VectorAssembler()
                .setInputCols(
                    new String[] {"scaled", "planVector", "countryIndex", "planIndex", "cluster"})
                .setOutputCol("features")));
  }

  private static Pipeline pipeline(PipelineStage last) {
    List<PipelineStage> stages = stages();
    stages.add(last);
    return new Pipeline().setStages(stages.toArray(PipelineStage[]::new));
  }

  private static List<Row> scores(Dataset<Row> scored) {
    return scored.select("id", "probability", "prediction").sort("id").collectAsList();
  }

  @Test
  void a_saved_pipeline_scores_the_same_on_a_stream_and_in_another_jvm(SparkSession spark)
      throws IOException, InterruptedException, TimeoutException, StreamingQueryException {
    Dataset<Row> people = People.of(spark, 600);
    String table = directory.resolve("people").toString();
    people.repartition(3).write().parquet(table);
    people = spark.read().parquet(table);
    PipelineModel fitted = pipeline(network()).fit(people);
    NetworkClassificationModel last =
        (NetworkClassificationModel) fitted.stages()[fitted.stages().length - 1];
    assertThat(last.card().schema().categorical()).isEqualTo(2);
    List<Row> expected = scores(fitted.transform(people));
    String saved = directory.resolve("pipeline").toString();
    fitted.save(saved);
    assertThat(scores(PipelineModel.load(saved).transform(people))).isEqualTo(expected);

    Dataset<Row> stream = spark.readStream().schema(people.schema()).parquet(table);
    String streamed = directory.resolve("streamed").toString();
    StreamingQuery query =
        fitted
            .transform(stream)
            .select("id", "probability", "prediction")
            .writeStream()
            .trigger(Trigger.AvailableNow())
            .option("checkpointLocation", directory.resolve("stream").toString())
            .option("maxFilesPerTrigger", 1)
            .format("parquet")
            .start(streamed);
    query.awaitTermination();
    assertThat(scores(spark.read().parquet(streamed))).isEqualTo(expected);

    Path scored = directory.resolve("scored");
    Process other =
        ChildJvm.start(
            ChildJvm.tests(),
            List.of("spark.serializer=org.apache.spark.serializer.KryoSerializer"),
            OtherJvm.class.getName(),
            List.of(saved, table, scored.toString()));
    assertThat(other.waitFor()).isZero();
    assertThat(Files.readString(scored)).isEqualTo(OtherJvm.text(expected));
  }

  @Test
  void networks_and_trees_are_chosen_among_by_cross_validation_twice_alike(SparkSession spark) {
    // One partition: of several, Spark's own evaluators and estimators add as they arrive.
    Dataset<Row> people = People.of(spark, 400).coalesce(1).cache();
    NetworkClassifier network = network();
    GBTClassifier trees = new GBTClassifier().setLabelCol("churned").setMaxIter(2).setSeed(1);
    List<PipelineStage> before =
        List.of(
            new StringIndexer().setInputCol("plan").setOutputCol("planIndex"),
            new VectorAssembler()
                .setInputCols(new String[] {"planIndex", "balance", "spent"})
                .setOutputCol("features"));
    Pipeline pipeline = new Pipeline();
    PipelineStage[] withNetwork = withLast(before, network);
    PipelineStage[] withTrees = withLast(before, trees);
    List<ParamMap> grid = new ArrayList<>();
    for (double rate : new double[] {0.0001, 0.01}) {
      grid.add(new ParamMap().put(pair(pipeline, withNetwork)).put(network.learningRate(), rate));
    }
    for (int depth : new int[] {2, 3}) {
      grid.add(new ParamMap().put(pair(pipeline, withTrees)).put(trees.maxDepth(), depth));
    }
    CrossValidator validator =
        new CrossValidator()
            .setEstimator(pipeline)
            .setEstimatorParamMaps(grid.toArray(ParamMap[]::new))
            .setEvaluator(new BinaryClassificationEvaluator().setLabelCol("churned"))
            .setNumFolds(2)
            .setSeed(5)
            .setParallelism(2);
    CrossValidatorModel once = validator.fit(people);
    CrossValidatorModel again = validator.fit(people);
    assertThat(once.avgMetrics()).hasSize(4).isEqualTo(again.avgMetrics());
    assertThat(last(once.bestModel()).toString().replaceAll("uid=[^,]*", ""))
        .isEqualTo(last(again.bestModel()).toString().replaceAll("uid=[^,]*", ""));
    people.unpersist();
  }

  private static ParamPair<PipelineStage[]> pair(Pipeline pipeline, PipelineStage[] stages) {
    return pipeline.stages().w(stages);
  }

  private static PipelineStage[] withLast(List<PipelineStage> stages, PipelineStage last) {
    List<PipelineStage> all = new ArrayList<>(stages);
    all.add(last);
    return all.toArray(PipelineStage[]::new);
  }

  private static Object last(Object model) {
    PipelineModel pipeline = (PipelineModel) model;
    return pipeline.stages()[pipeline.stages().length - 1];
  }

  @Test
  void one_split_chooses_a_number_of_epochs(SparkSession spark) {
    Dataset<Row> people = People.of(spark, 400).cache();
    NetworkClassifier network = People.classifier().setLearningRate(0.01);
    ParamMap[] grid = new ParamGridBuilder().addGrid(network.epochs(), new int[] {1, 6}).build();
    NetworkClassificationModel best =
        (NetworkClassificationModel)
            new TrainValidationSplit()
                .setEstimator(network)
                .setEstimatorParamMaps(grid)
                .setEvaluator(new BinaryClassificationEvaluator().setLabelCol("churned"))
                .setSeed(2)
                .fit(people)
                .bestModel();
    assertThat(best.history()).hasSize(6);
    people.unpersist();
  }
}
