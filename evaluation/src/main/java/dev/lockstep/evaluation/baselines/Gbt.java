package dev.lockstep.evaluation.baselines;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import dev.lockstep.data.Task;
import dev.lockstep.data.encoded.EncodedRows;
import dev.lockstep.data.features.LabelLayout;
import dev.lockstep.models.Options;
import dev.lockstep.models.TunedOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.spark.ml.classification.GBTClassificationModel;
import org.apache.spark.ml.classification.GBTClassifier;
import org.apache.spark.ml.functions;
import org.apache.spark.ml.regression.GBTRegressionModel;
import org.apache.spark.ml.regression.GBTRegressor;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * MLlib's gradient-boosted trees. All of them are fitted on the train rows; then the first so many
 * are kept that have the least loss on the validation rows, or all without such rows. MLlib's own
 * way with a validation indicator ends at the first tree that does not help, which noise alone can
 * bring about.
 *
 * <p>MLlib has boosted trees for two classes; more are learned one against the rest, each with its
 * own number of trees, and the probabilities divided by their sum.
 */
record Gbt(
    LabelLayout label,
    int trees,
    int depth,
    int leaf,
    int bins,
    double rate,
    double sample,
    long seed)
    implements Baseline {
  @Override
  public Scoring fit(Dataset<Row> rows) {
    return switch (label.task()) {
      case REGRESSION -> regression(rows);
      case BINARY -> {
        GBTClassificationModel model = classifier(rows);
        yield new Scoring(
            scored -> Vectors.predictions(model.transform(scored), label),
            model.totalNumNodes(),
            kept(List.of(model.getNumTrees())));
      }
      case MULTICLASS -> oneAgainstTheRest(rows);
    };
  }

  private Optional<Trees> kept(List<Integer> kept) {
    return Optional.of(new Trees(trees, kept));
  }

  private Scoring regression(Dataset<Row> rows) {
    GBTRegressionModel all =
        new GBTRegressor()
            .setMaxIter(trees)
            .setMaxDepth(depth)
            .setMaxBins(bins)
            .setMinInstancesPerNode(leaf)
            .setStepSize(rate)
            .setSubsamplingRate(sample)
            .setWeightCol(EncodedRows.WEIGHT)
            .setSeed(seed)
            .fit(train(rows));
    int best = best(rows, all.getNumTrees(), v -> all.evaluateEachIteration(v, all.getLossType()));
    GBTRegressionModel model =
        new GBTRegressionModel(
            all.uid(),
            Arrays.copyOf(all.trees(), best),
            Arrays.copyOf(all.treeWeights(), best),
            all.numFeatures());
    return new Scoring(
        scored -> Vectors.predictions(model.transform(scored), label),
        model.totalNumNodes(),
        kept(List.of(best)));
  }

  private GBTClassificationModel classifier(Dataset<Row> rows) {
    GBTClassificationModel all =
        new GBTClassifier()
            .setMaxIter(trees)
            .setMaxDepth(depth)
            .setMaxBins(bins)
            .setMinInstancesPerNode(leaf)
            .setStepSize(rate)
            .setSubsamplingRate(sample)
            .setWeightCol(EncodedRows.WEIGHT)
            .setSeed(seed)
            .fit(train(rows));
    int best = best(rows, all.getNumTrees(), all::evaluateEachIteration);
    return new GBTClassificationModel(
        all.uid(),
        Arrays.copyOf(all.trees(), best),
        Arrays.copyOf(all.treeWeights(), best),
        all.numFeatures(),
        all.numClasses());
  }

  private static Dataset<Row> train(Dataset<Row> rows) {
    return rows.where(not(col(HELD_OUT)));
  }

  /**
   * How many trees to keep.
   *
   * @param rows train and validation rows
   * @param fitted how many there are
   * @param losses weighted mean loss of the first tree, the first two and so on
   */
  private static int best(Dataset<Row> rows, int fitted, Function<Dataset<Row>, double[]> losses) {
    Dataset<Row> validation = rows.where(col(HELD_OUT));
    return validation.isEmpty() ? fitted : best(losses.apply(validation));
  }

  /** Number of trees with the least loss, the least number of them; all where no loss is finite. */
  static int best(double[] losses) {
    int best = -1;
    for (int i = 0; i < losses.length; i++) {
      if (Double.isFinite(losses[i]) && (best < 0 || losses[i] < losses[best])) {
        best = i;
      }
    }
    return best < 0 ? losses.length : best + 1;
  }

  private Scoring oneAgainstTheRest(Dataset<Row> rows) {
    List<GBTClassificationModel> models = new ArrayList<>();
    for (int c = 0; c < label.classes().size(); c++) {
      Column own = when(col(EncodedRows.LABEL).equalTo(lit((double) c)), 1.0).otherwise(0.0);
      models.add(classifier(rows.withColumn(EncodedRows.LABEL, own)));
    }
    long nodes = models.stream().mapToLong(GBTClassificationModel::totalNumNodes).sum();
    return new Scoring(
        scored -> shares(models, scored),
        nodes,
        kept(models.stream().map(GBTClassificationModel::getNumTrees).toList()));
  }

  private static Dataset<Row> shares(List<GBTClassificationModel> models, Dataset<Row> scored) {
    Dataset<Row> all = scored;
    Column[] own = new Column[models.size()];
    Column sum = lit(0.0);
    for (int c = 0; c < own.length; c++) {
      GBTClassificationModel model = models.get(c);
      model.setProbabilityCol("probability" + c);
      model.setRawPredictionCol("raw" + c);
      model.setPredictionCol("class" + c);
      all = model.transform(all);
      own[c] = functions.vector_to_array(col("probability" + c), "float64").getItem(1);
      sum = sum.plus(own[c]);
    }
    for (int c = 0; c < own.length; c++) {
      own[c] = own[c].divide(sum);
    }
    return Vectors.scored(all, array(own));
  }

  @Override
  public Map<String, Object> notes() {
    return label.task() == Task.MULTICLASS
        ? Map.of("classes", "each against the rest, probabilities divided by their sum")
        : Map.of();
  }

  /** The family {@code gbt}. */
  public static final class Family implements BaselineFamily {
    @Override
    public String name() {
      return "gbt";
    }

    @Override
    public Baseline create(Problem problem, Options options) {
      return new Gbt(
          problem.label(),
          options.whole("trees", 100, 1, 10_000),
          options.whole("depth", 5, 1, 30),
          options.whole("leaf", 1, 1, 1_000_000),
          options.whole("bins", 64, Vectors.MOST_NOMINAL, 10_000),
          options.number("rate", 0.15, 1e-6, 1),
          options.number("sample", 1, 0.01, 1),
          problem.seed());
    }

    @Override
    public List<TunedOption> tunedOptions() {
      return List.of(
          TunedOption.logarithmic("rate", 0.03, 0.3),
          TunedOption.oneOf("depth", 3, 4, 5, 6, 7, 8),
          TunedOption.oneOf("trees", 50, 100, 150, 200),
          TunedOption.uniform("sample", 0.6, 1),
          TunedOption.oneOf("leaf", 1, 5, 20, 50));
    }
  }
}
