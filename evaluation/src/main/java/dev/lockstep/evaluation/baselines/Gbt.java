package dev.lockstep.evaluation.baselines;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import dev.lockstep.data.Task;
import dev.lockstep.data.encoded.EncodedRows;
import dev.lockstep.data.features.LabelLayout;
import dev.lockstep.data.progress.PhaseListener;
import dev.lockstep.data.progress.SparkPhase;
import dev.lockstep.models.Options;
import dev.lockstep.models.TunedOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.spark.ml.classification.GBTClassificationModel;
import org.apache.spark.ml.classification.GBTClassifier;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.regression.GBTRegressionModel;
import org.apache.spark.ml.regression.GBTRegressor;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;

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
    double columns,
    long seed,
    PhaseListener listener)
    implements Baseline {
  private static final String TREES = "/trees";
  private static final String CLASS = "/class-";

  private static final int MOST_JOBS = 1_000_000;

  /** Classes that are fitted at once. */
  private static final int AT_ONCE = 4;

  /** Trees of all classes together, by default; a class has ten at least. */
  private static final int ALL_TREES = 1000;

  @Override
  public Scoring fit(Dataset<Row> rows) {
    // MLlib tells nothing, but grows each tree by a job a level, and one more.
    int models = label.task() == Task.MULTICLASS ? label.classes().size() : 1;
    int jobs = Math.min(MOST_JOBS, models * trees * (depth + 1));
    return SparkPhase.ofJobs(rows.sparkSession(), "training gbt", jobs, listener)
        .run(() -> fitted(rows));
  }

  private Scoring fitted(Dataset<Row> rows) {
    return switch (label.task()) {
      case REGRESSION -> regression(rows);
      case BINARY -> binary(classifier(rows));
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
            .setFeatureSubsetStrategy(columns == 1 ? "all" : Double.toString(columns))
            .setSeed(seed)
            .fit(train(rows));
    int best = best(rows, all.getNumTrees(), v -> all.evaluateEachIteration(v, all.getLossType()));
    GBTRegressionModel model =
        new GBTRegressionModel(
            all.uid(),
            Arrays.copyOf(all.trees(), best),
            Arrays.copyOf(all.treeWeights(), best),
            all.numFeatures());
    return regression(model);
  }

  private Scoring regression(GBTRegressionModel model) {
    return new Scoring(
        scored -> Vectors.predictions(model.transform(scored), label),
        model.totalNumNodes(),
        kept(List.of(model.getNumTrees())),
        (files, folder) -> model.write().save(folder + TREES));
  }

  private Scoring binary(GBTClassificationModel model) {
    return new Scoring(
        scored -> Vectors.predictions(model.transform(scored), label),
        model.totalNumNodes(),
        kept(List.of(model.getNumTrees())),
        (files, folder) -> model.write().save(folder + TREES));
  }

  private Scoring oneAgainstTheRest(List<GBTClassificationModel> models) {
    return new Scoring(
        scored -> Vectors.scored(scored, shares(models).apply(col(Vectors.FEATURES))),
        models.stream().mapToLong(GBTClassificationModel::totalNumNodes).sum(),
        kept(models.stream().map(GBTClassificationModel::getNumTrees).toList()),
        (files, folder) -> {
          for (int c = 0; c < models.size(); c++) {
            models.get(c).write().save(folder + CLASS + c);
          }
        });
  }

  @Override
  public Scoring load(SparkSession spark, String folder) {
    return switch (label.task()) {
      case REGRESSION -> regression(GBTRegressionModel.load(folder + TREES));
      case BINARY -> binary(GBTClassificationModel.load(folder + TREES));
      case MULTICLASS ->
          oneAgainstTheRest(
              IntStream.range(0, label.classes().size())
                  .mapToObj(c -> GBTClassificationModel.load(folder + CLASS + c))
                  .toList());
    };
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
            .setFeatureSubsetStrategy(columns == 1 ? "all" : Double.toString(columns))
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

  /** A few classes at once: each fit is many small jobs, between which processors would wait. */
  private Scoring oneAgainstTheRest(Dataset<Row> rows) {
    int classes = label.classes().size();
    ExecutorService pool = Executors.newFixedThreadPool(Math.min(AT_ONCE, classes));
    try {
      List<Future<GBTClassificationModel>> fits = new ArrayList<>();
      for (int c = 0; c < classes; c++) {
        Column own = when(col(EncodedRows.LABEL).equalTo(lit((double) c)), 1.0).otherwise(0.0);
        fits.add(pool.submit(() -> classifier(rows.withColumn(EncodedRows.LABEL, own))));
      }
      List<GBTClassificationModel> models = new ArrayList<>();
      for (Future<GBTClassificationModel> fit : fits) {
        models.add(fit.get());
      }
      return oneAgainstTheRest(models);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while fitting boosted trees");
    } finally {
      pool.shutdownNow();
    }
  }

  /** From features to the classes' probabilities, divided by their sum. */
  private static UserDefinedFunction shares(List<GBTClassificationModel> models) {
    return udf(
        (Vector features) -> {
          Double[] shares = new Double[models.size()];
          double sum = 0;
          for (int c = 0; c < shares.length; c++) {
            shares[c] = models.get(c).predictProbability(features).apply(1);
            sum += shares[c];
          }
          for (int c = 0; c < shares.length; c++) {
            shares[c] /= sum;
          }
          return shares;
        },
        DataTypes.createArrayType(DataTypes.DoubleType, false));
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
      int classes = Math.max(1, problem.label().classes().size());
      int most = Math.max(10, Math.min(100, ALL_TREES / classes));
      return new Gbt(
          problem.label(),
          options.whole("trees", most, 1, 10_000),
          options.whole("depth", 5, 1, 30),
          options.whole("leaf", 1, 1, 1_000_000),
          options.whole("bins", 64, Vectors.MOST_NOMINAL, 10_000),
          options.number("rate", Math.max(0.15, 5.0 / most), 1e-6, 1),
          options.number("sample", 1, 0.01, 1),
          options.number("columns", 1, 0.01, 1),
          problem.seed(),
          problem.surroundings().listener());
    }

    /**
     * Ranges as published for XGBoost where MLlib has the option; see {@link Xgboost}. Where
     * classes are many, so are the trees of all of them together, and their number stays.
     */
    @Override
    public List<TunedOption> tunedOptions(LabelLayout label) {
      List<TunedOption> options = new ArrayList<>();
      options.add(TunedOption.logarithmic("rate", 0.02, 0.3));
      options.add(TunedOption.oneOf("depth", 4, 5, 6, 7, 8));
      if (label.classes().size() * 100 <= ALL_TREES) {
        options.add(TunedOption.oneOf("trees", 100, 200, 500));
      }
      options.add(TunedOption.uniform("sample", 0.6, 1));
      options.add(TunedOption.uniform("columns", 0.6, 1));
      options.add(TunedOption.oneOf("leaf", 1, 2, 5, 20));
      options.add(TunedOption.oneOf("bins", 64, 128, 256));
      return options;
    }
  }
}
