package dev.lockstep.evaluation.ledger;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.lockstep.data.LockstepException;
import dev.lockstep.distributor.experiment.RunFolder;
import dev.lockstep.distributor.prediction.RowScoring;
import dev.lockstep.distributor.prediction.TablePrediction;
import dev.lockstep.evaluation.baselines.SavedBaseline;
import dev.lockstep.evaluation.baselines.Trees;
import dev.lockstep.evaluation.comparison.KeptComparison;
import dev.lockstep.evaluation.comparison.SavedEnsemble;
import dev.lockstep.evaluation.provenance.Environment;
import dev.lockstep.evaluation.provenance.RunData;
import dev.lockstep.evaluation.result.ChosenModel;
import dev.lockstep.evaluation.result.ComparisonResult;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/**
 * A run: a row of the ledger.
 *
 * @param runId its name
 * @param time when it ended, ISO 8601 in UTC
 * @param command what a person typed
 * @param kind what it is
 * @param status how it ended
 * @param error why it failed; empty if it did not
 * @param experiment the experiment file, verbatim
 * @param overrides options of the command that overrode the file, by name
 * @param task what was learned
 * @param label of which column
 * @param data what it learned from
 * @param seeds the seeds
 * @param worldSize number of ranks, of several networks the first one's; 0 if none was trained
 * @param lanes number of lanes
 * @param environment what it ran on
 * @param metrics metrics on the test split, by model; means over the seeds
 * @param weightsSha256 SHA-256 of a network's weights, by its folder in the run's: {@code mlp}, or
 *     {@code mlp/seed-2} where there are several seeds
 * @param trees how many trees of a boosted model were kept, by its name, or {@code gbt/seed-2}
 *     where there are several seeds
 * @param folder where its models and its report are
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record RunRecord(
    String runId,
    String time,
    String command,
    Kind kind,
    Status status,
    String error,
    String experiment,
    Map<String, String> overrides,
    String task,
    String label,
    RunData data,
    List<Long> seeds,
    int worldSize,
    int lanes,
    Environment environment,
    Map<String, Map<String, Double>> metrics,
    Map<String, String> weightsSha256,
    Map<String, Trees> trees,
    String folder) {
  /** What a run is. */
  public enum Kind {
    /** Networks and baselines, with metrics; every run of a ledger that has no such column. */
    comparison,
    /** Networks that were trained and not judged: it has no metrics. */
    training
  }

  /** How a run ended. */
  public enum Status {
    /** With a result. */
    finished,
    /** With an error, after it had begun to train. */
    failed
  }

  /** Fills in what an older ledger does not say, and copies the collections. */
  public RunRecord {
    kind = kind == null ? Kind.comparison : kind;
    error = error == null ? "" : error;
    overrides = copy(overrides);
    seeds = seeds == null ? List.of() : List.copyOf(seeds);
    metrics = copy(metrics);
    weightsSha256 = copy(weightsSha256);
    trees = copy(trees);
    if (runId == null || experiment == null || data == null || environment == null) {
      throw new IllegalArgumentException("a run without an id, experiment, data or environment");
    }
  }

  private static <T> Map<String, T> copy(Map<String, T> map) {
    return map == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }

  /**
   * A model of the run.
   *
   * @param folder its folder
   * @param weightsSha256 SHA-256 of a network's weights; empty for a baseline
   */
  public record Model(String folder, Optional<String> weightsSha256) {
    /**
     * Opens it.
     *
     * @throws LockstepException if it is not there, damaged, or another one
     */
    public RowScoring open(SparkSession spark) {
      SavedEnsemble.in(folder, spark.sessionState().newHadoopConf())
          .ifPresent(
              both -> {
                throw new LockstepException(
                    folder + " is not one model but an ensemble",
                    "Score by the run, --run RUN --model ensemble, or name the folder of one of its models");
              });
      return weightsSha256.isEmpty()
              && SavedBaseline.isIn(folder, spark.sessionState().newHadoopConf())
          ? SavedBaseline.open(folder, spark)
          : RowScoring.ofNetwork(spark, folder, weightsSha256);
    }
  }

  /**
   * The model that is meant where a person names none: the one that the run's verdict speaks for,
   * or the first network where the run has no verdict, as a training has none, or does not keep
   * that model, as early releases kept no baseline.
   *
   * @throws LockstepException if the run has no model
   */
  public ChosenModel chosen(Configuration hadoop) {
    String network =
        weightsSha256.keySet().stream()
            .findFirst()
            .orElseThrow(
                () ->
                    new LockstepException(
                        "run %s has no model: it %s".formatted(runId, status),
                        "Choose a run that has finished"))
            .replaceFirst("/.*", "");
    String first = "it is the first network of the run, which ";
    Optional<ChosenModel> chosen =
        KeptComparison.read(new RunFolder(runId, folder), hadoop).map(ComparisonResult::chosen);
    if (chosen.isEmpty()) {
      return new ChosenModel(network, first + "has no verdict");
    }
    return chosen
        .filter(model -> isKept(model(model.model()), hadoop))
        .orElseGet(
            () ->
                new ChosenModel(
                    network,
                    first
                        + "does not keep %s, the model of its verdict"
                            .formatted(chosen.get().model())));
  }

  /** Early releases kept networks alone. */
  private static boolean isKept(Model model, Configuration hadoop) {
    return model.weightsSha256().isPresent()
        || SavedBaseline.isIn(model.folder(), hadoop)
        || SavedEnsemble.in(model.folder(), hadoop).isPresent();
  }

  /**
   * One of the run's models, opened, or the models of its ensemble.
   *
   * @param name as for {@link #model}
   * @throws LockstepException if the run has no such model, or does not keep it
   */
  public List<TablePrediction.Member> members(String name, SparkSession spark) {
    Model model = model(name);
    return SavedEnsemble.in(model.folder(), spark.sessionState().newHadoopConf())
        .map(
            both ->
                both.members().stream()
                    .map(m -> new TablePrediction.Member(open(m.model(), spark), m.weight()))
                    .toList())
        .orElseGet(() -> List.of(new TablePrediction.Member(open(name, spark), 1)));
  }

  private RowScoring open(String name, SparkSession spark) {
    Model model = model(name);
    if (model.weightsSha256().isEmpty() && !isKept(model, spark.sessionState().newHadoopConf())) {
      RunFolder own = new RunFolder(runId, folder);
      boolean there =
          own.read(RunFolder.EXPERIMENT, spark.sessionState().newHadoopConf()).isPresent();
      String again = "run it again: lockstep reproduce " + runId;
      throw there
          ? new LockstepException(
              "run %s does not keep its model '%s': it was made before baselines were kept"
                  .formatted(runId, name),
              "Name one of its networks by --model, such as %s, or %s"
                  .formatted(weightsSha256.keySet().stream().findFirst().orElse("mlp"), again))
          : new LockstepException(
              "the folder of run %s is not there: %s".formatted(runId, folder),
              "Bring it back, or " + again);
    }
    return model.open(spark);
  }

  /**
   * One of the run's models.
   *
   * @param name its folder in the run's, or its name, whose first seed is then meant
   * @throws LockstepException if the run has no such model
   */
  public Model model(String name) {
    Optional<Model> network =
        weightsSha256.keySet().stream()
            .filter(n -> n.equals(name) || n.startsWith(name + "/"))
            .findFirst()
            .map(n -> new Model(folder + "/" + n, Optional.of(weightsSha256.get(n))));
    return network
        .or(() -> baseline(name))
        .orElseThrow(
            () ->
                new LockstepException(
                    "run %s has no model '%s'".formatted(runId, name),
                    "It has "
                        + String.join(
                            ", ", metrics.isEmpty() ? weightsSha256.keySet() : metrics.keySet())));
  }

  private Optional<Model> baseline(String name) {
    boolean ofSeed = name.contains("/");
    return metrics.keySet().stream()
        .filter(n -> n.equals(ofSeed ? name.substring(0, name.indexOf('/')) : name))
        .findFirst()
        .map(n -> ofSeed || seeds.size() < 2 ? name : n + "/seed-" + seeds.get(0))
        .map(n -> new Model(folder + "/" + n, Optional.empty()));
  }
}
