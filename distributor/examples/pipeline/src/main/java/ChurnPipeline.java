import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.exp;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.xxhash64;

import dev.lockstep.ml.NetworkClassifier;
import java.io.IOException;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.classification.GBTClassifier;
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A network and boosted trees in one grid; cross-validation says which of them it is. */
public final class ChurnPipeline {
  private ChurnPipeline() {}

  /**
   * Fits, saves and scores.
   *
   * @param args the folder that the best pipeline is saved in
   */
  public static void main(String[] args) throws IOException {
    SparkSession spark = SparkSession.builder().appName("churn").getOrCreate();
    Dataset<Row> people = people(spark, 3000).cache();

    StringIndexer indexer = new StringIndexer().setInputCol("plan").setOutputCol("planIndex");
    VectorAssembler assembler =
        new VectorAssembler()
            .setInputCols(new String[] {"planIndex", "age", "balance"})
            .setOutputCol("features");
    // The index of the plan has a nominal attribute: the network learns an embedding of it.
    NetworkClassifier network =
        new NetworkClassifier()
            .setNetwork("mlp-ple")
            .setLabelCol("churned")
            .setValidationShare(0.15)
            .setRanks(2)
            .setEpochs(5)
            .setSeed(1);
    GBTClassifier trees = new GBTClassifier().setLabelCol("churned").setMaxIter(5).setSeed(1);

    Pipeline pipeline = new Pipeline();
    PipelineStage[] withNetwork = {indexer, assembler, network};
    PipelineStage[] withTrees = {indexer, assembler, trees};
    ParamMap[] grid = {
      new ParamMap().put(pipeline.stages().w(withNetwork)).put(network.learningRate(), 0.001),
      new ParamMap().put(pipeline.stages().w(withNetwork)).put(network.learningRate(), 0.01),
      new ParamMap().put(pipeline.stages().w(withTrees)).put(trees.maxDepth(), 2),
      new ParamMap().put(pipeline.stages().w(withTrees)).put(trees.maxDepth(), 4)
    };
    CrossValidatorModel chosen =
        new CrossValidator()
            .setEstimator(pipeline)
            .setEstimatorParamMaps(grid)
            .setEvaluator(new BinaryClassificationEvaluator().setLabelCol("churned"))
            .setNumFolds(3)
            .setSeed(1)
            .setParallelism(2)
            .fit(people);

    PipelineModel best = (PipelineModel) chosen.bestModel();
    best.write().overwrite().save(args[0]);
    System.out.println("best: " + best.stages()[best.stages().length - 1]);
    for (double auc : chosen.avgMetrics()) {
      System.out.printf("AUC %.4f%n", auc);
    }
    PipelineModel.load(args[0]).transform(people).select("id", "probability", "prediction").show(3);
    spark.stop();
  }

  /** Made-up people; whether they leave depends on their age, balance and plan, and on chance. */
  private static Dataset<Row> people(SparkSession spark, int rows) {
    Column plan = array(lit("basic"), lit("plus"), lit("pro")).getItem(pmod(col("id"), lit(3)));
    Column score =
        col("age").minus(45).divide(8).plus(col("balance").divide(500)).minus(pmod(col("id"), lit(3)));
    Column odds = lit(1).divide(exp(score.multiply(-1)).plus(1));
    // One partition: of several, Spark's own estimators add in the order in which results come.
    return spark
        .range(0, rows, 1, 1)
        .withColumn("age", chance("age").multiply(60).plus(18))
        .withColumn("balance", chance("balance").multiply(2000).minus(500))
        .withColumn("plan", plan)
        .withColumn("churned", chance("churned").lt(odds).cast("int"));
  }

  private static Column chance(String of) {
    return pmod(xxhash64(lit(of), col("id")), lit(1_000_003)).divide(1_000_003.0);
  }
}
