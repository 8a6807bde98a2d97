package dev.lockstep.evaluation.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.data.Task;
import dev.lockstep.evaluation.metrics.MainMetric;
import dev.lockstep.evaluation.uncertainty.Contrast;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

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
 * @param contrasts how much better each model is than each that follows
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
    List<Contrast> contrasts,
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
    contrasts = List.copyOf(contrasts);
    warnings = List.copyOf(warnings);
    provenance = Collections.unmodifiableMap(new LinkedHashMap<>(provenance));
    if (models.isEmpty()) {
      throw new IllegalStateException("expected at least one model");
    }
  }

  /** The comparison in words. */
  @JsonProperty
  public String verdict() {
    return Verdict.of(this);
  }

  /** The metric that decides. */
  MainMetric mainMetric() {
    return MainMetric.of(task);
  }

  /**
   * The model of a kind that the verdict speaks of: the best on the validation split, so that the
   * test split is asked about one pair alone; without a validation split the best on the test
   * split. A model that has no value is not the best.
   */
  Optional<ModelResult> best(ModelResult.Kind kind) {
    boolean validated = models.stream().noneMatch(m -> Double.isNaN(m.validation()));
    String metric = mainMetric().name();
    ToDoubleFunction<ModelResult> value =
        validated ? ModelResult::validation : m -> m.metrics().get(metric);
    return models.stream()
        .filter(m -> m.kind() == kind && !Double.isNaN(value.applyAsDouble(m)))
        .max(Comparator.comparingDouble(m -> mainMetric().gain(value.applyAsDouble(m), 0)));
  }

  /** How much better one model is than another, of which there may be no value. */
  Optional<Contrast> contrast(ModelResult first, ModelResult second) {
    return Stream.concat(contrasts.stream(), contrasts.stream().map(Contrast::reversed))
        .filter(c -> c.first().equals(first.name()) && c.second().equals(second.name()))
        .findFirst();
  }
}
