package dev.lockstep.evaluation.ledger;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.lockstep.data.LockstepException;
import dev.lockstep.distributor.prediction.RowScoring;
import dev.lockstep.distributor.prediction.TablePrediction;
import dev.lockstep.evaluation.baselines.SavedBaseline;
import dev.lockstep.evaluation.baselines.Trees;
import dev.lockstep.evaluation.comparison.SavedEnsemble;
import dev.lockstep.evaluation.provenance.Environment;
import dev.lockstep.evaluation.provenance.RunData;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/**
 * A run: a row of the ledger.
 *
 * @param runId its name
 * @param time when it ended, ISO 8601 in UTC
 * @param command what a person typed
 * @param status how it ended
 * @param error why it failed; empty if it did not
 * @param experiment the experiment file, verbatim
 * @param overrides options of the command that overrode the file, by name
 * @param task what was learned
 * @param label of which column
 * @param data what it learned from
 * @param seeds the seeds
 * @param worldSize number of ranks; 0 if no network was trained
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
  /** How a run ended. */
  public enum Status {
    /** With a result. */
    finished,
    /** With an error, after it had begun to train. */
    failed
  }

  /** Fills in what an older ledger does not say, and copies the collections. */
  public RunRecord {
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
                    "Name one of its models by --network, or score a table by the run: predict --run");
              });
      return weightsSha256.isEmpty() && SavedBaseline.isIn(folder, spark)
          ? SavedBaseline.open(folder, spark)
          : RowScoring.ofNetwork(spark, folder, weightsSha256);
    }
  }

  /**
   * One of the run's models, opened, or the models of its ensemble.
   *
   * @param name as for {@link #model}
   */
  public List<TablePrediction.Member> members(String name, SparkSession spark) {
    Model model = model(name);
    return SavedEnsemble.in(model.folder(), spark.sessionState().newHadoopConf())
        .map(
            both ->
                both.members().stream()
                    .map(m -> new TablePrediction.Member(model(m.model()).open(spark), m.weight()))
                    .toList())
        .orElseGet(() -> List.of(new TablePrediction.Member(model.open(spark), 1)));
  }

  /**
   * One of the run's models.
   *
   * @param name its folder in the run's, or its name, whose first seed is then meant; empty for the
   *     run's first network
   * @throws LockstepException if the run has no such model
   */
  public Model model(String name) {
    Optional<Model> network =
        weightsSha256.keySet().stream()
            .filter(n -> name.isEmpty() || n.equals(name) || n.startsWith(name + "/"))
            .findFirst()
            .map(n -> new Model(folder + "/" + n, Optional.of(weightsSha256.get(n))));
    return network
        .or(() -> baseline(name))
        .orElseThrow(
            () ->
                new LockstepException(
                    "run %s has no network or baseline '%s'".formatted(runId, name),
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
