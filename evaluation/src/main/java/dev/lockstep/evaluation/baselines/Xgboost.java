package dev.lockstep.evaluation.baselines;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Task;
import dev.lockstep.data.encoded.EncodedRows;
import dev.lockstep.data.features.FeatureLayout;
import dev.lockstep.data.lanes.HashPartitions;
import dev.lockstep.models.Options;
import dev.lockstep.models.TunedOption;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.XGBoostError;
import ml.dmlc.xgboost4j.scala.spark.XGBoostClassifier;
import ml.dmlc.xgboost4j.scala.spark.XGBoostEstimator;
import ml.dmlc.xgboost4j.scala.spark.XGBoostModel;
import ml.dmlc.xgboost4j.scala.spark.XGBoostRegressor;
import org.apache.spark.SparkConf;
import org.apache.spark.ml.Predictor;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * XGBoost (Chen and Guestrin, "XGBoost: A Scalable Tree Boosting System", KDD 2016), by
 * XGBoost4J-Spark: histograms are made in several Spark tasks at once and added up. Boosting ends
 * when the loss on the validation rows has not fallen for a while, and the first so many trees are
 * kept that have the least loss there. Several classes are learned in one model. Categories are
 * split as sets.
 *
 * <p>The same rows, options and number of tasks give the same bytes; another number of tasks cuts
 * and adds histograms in another way.
 *
 * @param trees most rounds of boosting; one tree a round, or one a class where there are several
 * @param patience rounds without a smaller validation loss after which boosting ends
 * @param tasks in how many Spark tasks
 * @param parameters the rest, by XGBoost's names
 */
record Xgboost(
    BaselineFamily.Problem problem,
    int trees,
    int patience,
    int tasks,
    Map<String, Object> parameters)
    implements Baseline {
  /** Trees without validation rows to choose their number by: XGBoost's own default. */
  private static final int UNCHOSEN = 100;

  @Override
  public Scoring fit(Dataset<Row> rows) {
    SparkConf conf = rows.sparkSession().sparkContext().conf();
    refuseOpenConnections(conf);
    boolean validated = !rows.where(col(HELD_OUT)).isEmpty();
    int asked = validated ? trees : Math.min(trees, UNCHOSEN);
    Predictor<?, ?, ?> estimator = estimator(conf, asked);
    if (validated) {
      set(estimator, "numEarlyStoppingRounds", patience);
      ((XGBoostEstimator<?, ?>) estimator).setEvalDataset(ordered(rows.where(col(HELD_OUT))));
    }
    XGBoostModel<?> model =
        (XGBoostModel<?>) estimator.fit(ordered(rows.where(not(col(HELD_OUT)))));
    try {
      Booster booster = model.nativeBooster().booster();
      int rounds = booster.getNumBoostedRound();
      int kept = validated ? Gbt.best(validationLosses(model, rounds)) : rounds;
      XgboostScoring scoring =
          new XgboostScoring(booster.toByteArray(), kept, problem.label().classes().size());
      return new Scoring(
          scoring::score, nodes(booster, kept), Optional.of(new Trees(asked, List.of(kept))));
    } catch (XGBoostError e) {
      throw new IllegalStateException("expected to read the model that was just fitted", e);
    }
  }

  private Predictor<?, ?, ?> estimator(SparkConf conf, int rounds) {
    boolean classes = problem.label().task() != Task.REGRESSION;
    Predictor<?, ?, ?> estimator = classes ? new XGBoostClassifier() : new XGBoostRegressor();
    estimator.setFeaturesCol(Vectors.FEATURES);
    estimator.setLabelCol(EncodedRows.LABEL);
    set(estimator, "weightCol", EncodedRows.WEIGHT);
    set(estimator, "numWorkers", tasks);
    set(estimator, "numRound", rounds);
    set(estimator, "nthread", conf.getInt("spark.task.cpus", 1));
    set(estimator, "seed", problem.seed());
    set(estimator, "feature_types", types(problem.features()));
    set(estimator, "rabitTrackerHostIp", driver(conf));
    parameters.forEach((name, value) -> set(estimator, name, value));
    switch (problem.label().task()) {
      case BINARY -> objective(estimator, "binary:logistic", "logloss");
      case MULTICLASS -> {
        objective(estimator, "multi:softprob", "mlogloss");
        set(estimator, "num_class", problem.label().classes().size());
      }
      case REGRESSION -> objective(estimator, "reg:squarederror", "rmse");
    }
    return estimator;
  }

  private static void objective(Predictor<?, ?, ?> estimator, String objective, String loss) {
    set(estimator, "objective", objective);
    set(estimator, "eval_metric", loss);
  }

  private static void set(Predictor<?, ?, ?> estimator, String name, Object value) {
    estimator.set(estimator.getParam(name), value);
  }

  /** Rows in as many partitions as tasks, in an order that depends on nothing but the rows. */
  private Dataset<Row> ordered(Dataset<Row> rows) {
    return HashPartitions.of(rows, tasks);
  }

  private static String[] types(FeatureLayout layout) {
    return Stream.concat(
            layout.numeric().stream().map(n -> "float"),
            layout.categorical().stream().map(c -> "c"))
        .toArray(String[]::new);
  }

  /** Where tasks find the driver, by number: XGBoost does not ask for names. */
  private static String driver(SparkConf conf) {
    String host = conf.get("spark.driver.host");
    try {
      return InetAddress.getByName(host).getHostAddress();
    } catch (UnknownHostException e) {
      throw new LockstepException(
          "xgboost does not find the driver's address: no address is known of " + host,
          "Set spark.driver.host to an address that executors reach",
          e);
    }
  }

  private void refuseOpenConnections(SparkConf conf) {
    boolean encrypted =
        conf.getBoolean("spark.network.crypto.enabled", false)
            || conf.getBoolean("spark.ssl.rpc.enabled", false);
    if (encrypted && tasks > 1) {
      throw new LockstepException(
          "xgboost in %d tasks sends sums between machines that it cannot encrypt, and this cluster encrypts"
              .formatted(tasks),
          "Set xgboost's option  tasks: 1,  or leave xgboost out");
    }
  }

  /** The loss after each round; XGBoost leaves room for rounds that were not made. */
  private static double[] validationLosses(XGBoostModel<?> model, int rounds) {
    float[] losses = model.summary().get().validationObjectiveHistory().head()._2();
    double[] made = new double[rounds];
    Arrays.setAll(made, i -> losses[i]);
    return made;
  }

  /** Number of nodes of the trees of the first rounds. */
  private static long nodes(Booster booster, int rounds) throws XGBoostError {
    String[] trees = booster.getModelDump("", false);
    int perRound = trees.length / booster.getNumBoostedRound();
    return Arrays.stream(trees)
        .limit((long) rounds * perRound)
        .mapToLong(tree -> tree.lines().count())
        .sum();
  }

  /** The family {@code xgboost}. */
  public static final class Family implements BaselineFamily {
    private static final String LIBRARY = "ml.dmlc.xgboost4j.scala.spark.XGBoostClassifier";

    @Override
    public String name() {
      return "xgboost";
    }

    @Override
    public Baseline create(Problem problem, Options options) {
      refuseAbsence();
      Map<String, Object> parameters = new LinkedHashMap<>();
      parameters.put("tree_method", "hist");
      parameters.put("eta", options.number("rate", 0.1, 1e-6, 1));
      parameters.put("max_depth", options.whole("depth", 6, 1, 30));
      parameters.put("min_child_weight", options.number("childWeight", 1, 0, 1e9));
      parameters.put("subsample", options.number("sample", 1, 0.01, 1));
      parameters.put("colsample_bylevel", options.number("columnsByLevel", 1, 0.01, 1));
      parameters.put("colsample_bynode", options.number("columnsByNode", 1, 0.01, 1));
      parameters.put("alpha", options.number("l1", 0, 0, 1e9));
      parameters.put("lambda", options.number("l2", 1, 0, 1e9));
      parameters.put("gamma", options.number("leastGain", 0, 0, 1e9));
      parameters.put("max_bin", options.whole("bins", 256, 2, 65_536));
      return new Xgboost(
          problem,
          options.whole("trees", 2000, 1, 100_000),
          options.whole("patience", 50, 1, 100_000),
          options.whole("tasks", problem.ranks(), 1, 100_000),
          parameters);
    }

    private static void refuseAbsence() {
      try {
        Class.forName(LIBRARY, false, Thread.currentThread().getContextClassLoader());
      } catch (ClassNotFoundException e) {
        throw new LockstepException(
            "the baseline xgboost needs XGBoost4J-Spark, which is not on the class path",
            "Add  --packages ml.dmlc:xgboost4j-spark_2.13:3.1.1  to spark-submit, its jar to --jars, or leave xgboost out",
            e);
      }
    }

    /** The space of TabArena (Erickson et al., NeurIPS 2025), without its policies of growth. */
    @Override
    public List<TunedOption> tunedOptions() {
      return List.of(
          TunedOption.logarithmic("rate", 0.005, 0.1),
          TunedOption.oneOf("depth", 4, 5, 6, 7, 8, 9, 10),
          TunedOption.logarithmic("childWeight", 0.001, 5),
          TunedOption.uniform("sample", 0.6, 1),
          TunedOption.uniform("columnsByLevel", 0.6, 1),
          TunedOption.uniform("columnsByNode", 0.6, 1),
          TunedOption.logarithmic("l1", 1e-4, 5),
          TunedOption.logarithmic("l2", 1e-4, 5));
    }
  }
}
