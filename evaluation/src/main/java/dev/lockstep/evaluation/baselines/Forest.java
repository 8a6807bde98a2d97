package dev.lockstep.evaluation.baselines;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;

import dev.lockstep.data.Task;
import dev.lockstep.data.encoded.EncodedRows;
import dev.lockstep.data.features.LabelLayout;
import dev.lockstep.models.Options;
import dev.lockstep.models.TunedOption;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.classification.RandomForestClassificationModel;
import org.apache.spark.ml.classification.RandomForestClassifier;
import org.apache.spark.ml.regression.RandomForestRegressionModel;
import org.apache.spark.ml.regression.RandomForestRegressor;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** MLlib's random forest. */
record Forest(LabelLayout label, int trees, int depth, int leaf, int bins, long seed)
    implements Baseline {
  private static final String TREES = "/trees";

  @Override
  public Scoring fit(Dataset<Row> rows) {
    Dataset<Row> train = rows.where(not(col(HELD_OUT)));
    return label.task() == Task.REGRESSION ? regression(train) : classification(train);
  }

  private Scoring regression(Dataset<Row> train) {
    RandomForestRegressionModel model =
        new RandomForestRegressor()
            .setNumTrees(trees)
            .setMaxDepth(depth)
            .setMaxBins(bins)
            .setMinInstancesPerNode(leaf)
            .setWeightCol(EncodedRows.WEIGHT)
            .setSeed(seed)
            .fit(train);
    return scoring(model, model.totalNumNodes());
  }

  private Scoring classification(Dataset<Row> train) {
    RandomForestClassificationModel model =
        new RandomForestClassifier()
            .setNumTrees(trees)
            .setMaxDepth(depth)
            .setMaxBins(bins)
            .setMinInstancesPerNode(leaf)
            .setWeightCol(EncodedRows.WEIGHT)
            .setSeed(seed)
            .fit(train);
    return scoring(model, model.totalNumNodes());
  }

  private <M extends Transformer & MLWritable> Scoring scoring(M model, long nodes) {
    return new Scoring(
        scored -> Vectors.predictions(model.transform(scored), label),
        nodes,
        (files, folder) -> model.write().save(folder + TREES));
  }

  @Override
  public Scoring load(SparkSession spark, String folder) {
    if (label.task() == Task.REGRESSION) {
      RandomForestRegressionModel model = RandomForestRegressionModel.load(folder + TREES);
      return scoring(model, model.totalNumNodes());
    }
    RandomForestClassificationModel model = RandomForestClassificationModel.load(folder + TREES);
    return scoring(model, model.totalNumNodes());
  }

  /** The family {@code forest}. */
  public static final class Family implements BaselineFamily {
    @Override
    public String name() {
      return "forest";
    }

    @Override
    public Baseline create(Problem problem, Options options) {
      return new Forest(
          problem.label(),
          options.whole("trees", 100, 1, 10_000),
          options.whole("depth", 10, 1, 30),
          options.whole("leaf", 1, 1, 1_000_000),
          Vectors.MOST_NOMINAL,
          problem.seed());
    }

    @Override
    public List<TunedOption> tunedOptions(LabelLayout label) {
      return List.of(
          TunedOption.oneOf("depth", IntStream.rangeClosed(5, 16).boxed().toArray()),
          TunedOption.oneOf("trees", 50, 100, 200),
          TunedOption.oneOf("leaf", 1, 2, 5, 20));
    }
  }
}
