package dev.lockstep.evaluation.result;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.data.Task;
import dev.lockstep.data.profile.DataProfile;
import dev.lockstep.evaluation.insight.Importance;
import dev.lockstep.evaluation.insight.Slice;
import dev.lockstep.evaluation.metrics.MainMetric;
import dev.lockstep.evaluation.uncertainty.Contrasts;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A comparison, as {@code compare --json} prints it.
 *
 * @param runId name of the run
 * @param createdAt when it ended, ISO 8601 in UTC
 * @param table the table
 * @param version its version
 * @param commitTime when that was committed
 * @param task what was learned
 * @param label of which column
 * @param splits rows by split
 * @param models the models, networks first
 * @param worldSize number of ranks
 * @param weightsSha256 names the first network's weights
 * @param seed the first seed
 * @param seeds all seeds
 * @param contrasts how much better each model is than each that follows, and how sure that is
 * @param tuningMetric what tuning judged by
 * @param importance what the two models of the verdict lean on, by name; empty for some data
 * @param slices where each of the two wins; empty unless there are two
 * @param data what the data is like
 * @param report path of the page
 * @param prepareSeconds how long it took to prepare the data
 * @param command what runs it again
 * @param warnings what a person should know
 * @param provenance versions and machine, by name
 * @param experiment the experiment file, verbatim
 */
public record ComparisonResult(
    String runId,
    String createdAt,
    String table,
    long version,
    String commitTime,
    Task task,
    String label,
    Map<String, Long> splits,
    List<ModelResult> models,
    int worldSize,
    String weightsSha256,
    long seed,
    List<Long> seeds,
    Contrasts contrasts,
    String tuningMetric,
    Map<String, List<Importance>> importance,
    List<Slice> slices,
    DataProfile data,
    String report,
    double prepareSeconds,
    String command,
    List<String> warnings,
    Map<String, String> provenance,
    String experiment) {
  /** Copies the collections. */
  public ComparisonResult {
    splits = Collections.unmodifiableMap(new LinkedHashMap<>(splits));
    models = List.copyOf(models);
    seeds = List.copyOf(seeds);
    importance = Collections.unmodifiableMap(new LinkedHashMap<>(importance));
    slices = List.copyOf(slices);
    warnings = List.copyOf(warnings);
    provenance = Collections.unmodifiableMap(new LinkedHashMap<>(provenance));
    if (models.isEmpty()) {
      throw new IllegalStateException("expected at least one model");
    }
  }

  /** The comparison in words. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public String verdict() {
    return Verdict.of(this);
  }

  /** What to do, in one sentence with its reason. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public String recommendation() {
    return Recommendation.of(this);
  }

  /** The model that predictions are made with where a person names none, and why. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public ChosenModel chosen() {
    return ChosenModel.of(this);
  }

  /** Whether options were tuned. */
  public boolean tuned() {
    return models.stream().anyMatch(m -> !m.tuning().isEmpty());
  }

  /** Whether there are boosted trees. */
  public boolean boosted() {
    return models.stream().anyMatch(m -> !m.treesBySeed().isEmpty());
  }

  /** The metric that decides. */
  public MainMetric mainMetric() {
    return MainMetric.of(task);
  }

  /** The two models that the verdict speaks of. */
  Finalists finalists() {
    return Finalists.of(models, mainMetric());
  }
}
