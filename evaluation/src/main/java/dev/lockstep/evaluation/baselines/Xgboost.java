package dev.lockstep.evaluation.baselines;

import static org.apache.spark.sql.functions.col;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.features.LabelLayout;
import dev.lockstep.data.internal.spark.InternalRows;
import dev.lockstep.data.lanes.HashPartitions;
import dev.lockstep.distributor.rendezvous.Distributor;
import dev.lockstep.models.Options;
import dev.lockstep.models.TunedOption;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * XGBoost (Chen and Guestrin, "XGBoost: A Scalable Tree Boosting System", KDD 2016), in a barrier
 * stage: each rank makes histograms of its rows, and XGBoost adds them up. Boosting ends when the
 * loss on the validation rows has not fallen for a while, and the first so many trees are kept that
 * have the least loss there. Several classes are learned in one model. Categories are split as
 * sets.
 *
 * <p>The same rows, options and number of ranks give the same bytes; another number of ranks cuts
 * and adds histograms in another way.
 *
 * @param trees most rounds of boosting; one tree a round, or one a class where there are several
 * @param patience rounds without a smaller validation loss after which boosting ends
 * @param ranks on how many ranks
 * @param parameters the rest, by XGBoost's names
 */
record Xgboost(
    BaselineFamily.Problem problem,
    int trees,
    int patience,
    int ranks,
    Map<String, Object> parameters)
    implements Baseline {
  /** XGBoost's own binary JSON, which its other programs read. */
  private static final String FILE = "model.ubj";

  /** Trees without validation rows to choose their number by: XGBoost's own default. */
  private static final int UNCHOSEN = 100;

  @Override
  public Scoring fit(Dataset<Row> rows) {
    SparkContext context = rows.sparkSession().sparkContext();
    check(context);
    boolean validated = !rows.where(col(HELD_OUT)).isEmpty();
    int asked = validated ? trees : Math.min(trees, UNCHOSEN);
    XgboostTraining training =
        new XgboostTraining(
            forXgboost(), asked, validated ? Optional.of(patience) : Optional.empty());
    // Rows go to ranks by their hash, and have an order that depends on nothing but the rows.
    Dataset<Row> placed = HashPartitions.of(rows, ranks).select(XgboostTraining.COLUMNS);
    RoundsListener listener = new RoundsListener(asked, problem.surroundings().listener());
    byte[] model =
        new Distributor(context, problem.surroundings().job(), listener)
            .run(InternalRows.of(placed), training)
            .get(0);
    return scoring(model, asked);
  }

  private Scoring scoring(byte[] model, int asked) {
    XgboostScoring scoring = new XgboostScoring(model, problem.label().classes().size());
    return new Scoring(
        scoring::score,
        scoring.nodes(),
        Optional.of(new Trees(asked, List.of(scoring.rounds()))),
        (files, folder) -> {
          try (FSDataOutputStream out = files.create(new Path(folder, FILE), false)) {
            out.write(model);
          }
        });
  }

  @Override
  public Scoring load(SparkSession spark, String folder) {
    Path file = new Path(folder, FILE);
    try (FSDataInputStream in =
        file.getFileSystem(spark.sessionState().newHadoopConf()).open(file)) {
      return scoring(in.readAllBytes(), trees);
    } catch (IOException e) {
      throw new LockstepException(
          "cannot read " + file + ": " + e.getMessage(), "Copy the run's folder again", e);
    }
  }

  /** XGBoost's parameters, the task's own among them. */
  private Map<String, Object> forXgboost() {
    Map<String, Object> all = new LinkedHashMap<>(parameters);
    all.put("seed", problem.seed());
    all.put("verbosity", 0);
    switch (problem.label().task()) {
      case BINARY -> {
        all.put("objective", "binary:logistic");
        all.put("eval_metric", "logloss");
      }
      case MULTICLASS -> {
        all.put("objective", "multi:softprob");
        all.put("eval_metric", "mlogloss");
        all.put("num_class", problem.label().classes().size());
      }
      case REGRESSION -> {
        all.put("objective", "reg:squarederror");
        all.put("eval_metric", "rmse");
      }
    }
    return all;
  }

  @Override
  public void check(SparkContext context) {
    if (ranks > 1 && Distributor.isEncrypted(context.conf())) {
      throw new LockstepException(
          "xgboost on %d ranks sends sums between machines that it cannot encrypt, and this cluster encrypts"
              .formatted(ranks),
          "Set xgboost's option  ranks: 1,  or leave xgboost out");
    }
  }

  /** The family {@code xgboost}. */
  public static final class Family implements BaselineFamily {
    private static final String LIBRARY = "ml.dmlc.xgboost4j.java.XGBoost";

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
          options.whole("ranks", problem.surroundings().ranks(), 1, 100_000),
          parameters);
    }

    private static void refuseAbsence() {
      try {
        Class.forName(LIBRARY, false, Thread.currentThread().getContextClassLoader());
      } catch (ClassNotFoundException e) {
        throw new LockstepException(
            "the baseline xgboost needs XGBoost4J, which is not on the class path",
            "Add  --packages ml.dmlc:xgboost4j-spark_2.13:3.1.1  to spark-submit, its jar to --jars, or leave xgboost out",
            e);
      }
    }

    /** The space of TabArena (Erickson et al., NeurIPS 2025), without its policies of growth. */
    @Override
    public List<TunedOption> tunedOptions(LabelLayout label) {
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
