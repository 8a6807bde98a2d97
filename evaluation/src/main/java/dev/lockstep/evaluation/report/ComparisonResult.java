package dev.lockstep.evaluation.report;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.lockstep.data.Task;
import dev.lockstep.evaluation.metrics.MainMetric;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
 * @param seed the seed
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
    warnings = List.copyOf(warnings);
    provenance = Collections.unmodifiableMap(new LinkedHashMap<>(provenance));
    if (models.isEmpty()) {
      throw new IllegalStateException("expected at least one model");
    }
  }

  /** The metric that decides. */
  @JsonIgnore
  MainMetric mainMetric() {
    return MainMetric.of(task);
  }

  /** The best model of a kind by the metric that decides. */
  Optional<ModelResult> best(ModelResult.Kind kind) {
    String metric = mainMetric().name();
    Comparator<ModelResult> byGain =
        Comparator.comparingDouble(m -> mainMetric().gain(m.metrics().get(metric), 0));
    return models.stream().filter(m -> m.kind() == kind).max(byGain);
  }
}
