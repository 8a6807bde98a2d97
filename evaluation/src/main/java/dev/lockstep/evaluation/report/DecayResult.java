package dev.lockstep.evaluation.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.evaluation.metrics.MainMetric;
import dev.lockstep.evaluation.uncertainty.Interval;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A network on later versions of its table.
 *
 * @param run the run that trained it
 * @param network its name
 * @param table the table
 * @param metric the metric that decides
 * @param interval where the metric may be on the training version's test rows
 * @param scored which rows are scored, in words
 * @param versions the versions, the training version first
 * @param page path of the page
 */
public record DecayResult(
    String run,
    String network,
    String table,
    String metric,
    Interval interval,
    String scored,
    List<Version> versions,
    String page) {
  /** Copies the list and checks that the training version is there. */
  public DecayResult {
    versions = List.copyOf(versions);
    if (versions.isEmpty() || versions.get(0).problem().isPresent()) {
      throw new IllegalStateException("expected the training version, scored");
    }
  }

  /**
   * A version.
   *
   * @param version the version
   * @param time when it was committed
   * @param operation what made it
   * @param rows number of rows scored
   * @param added how many of them were added since the training version
   * @param metrics metrics of those rows; empty if they could not be scored
   * @param drift population stability index of all of its rows against the training version's, by
   *     feature, largest first
   * @param problem why it could not be scored
   */
  public record Version(
      long version,
      String time,
      String operation,
      long rows,
      long added,
      Map<String, Double> metrics,
      Map<String, Double> drift,
      Optional<String> problem) {
    /** Copies the maps. */
    public Version {
      metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
      drift = Collections.unmodifiableMap(new LinkedHashMap<>(drift));
    }

    /** A version that could not be scored. */
    public static Version failed(long version, String time, String operation, String problem) {
      return new Version(version, time, operation, 0, 0, Map.of(), Map.of(), Optional.of(problem));
    }

    double value(String metric) {
      return metrics.getOrDefault(metric, Double.NaN);
    }
  }

  /** The first version whose metric is worse than the interval's worse end; empty if none is. */
  @JsonProperty
  public Optional<Long> failsFrom() {
    boolean lower = new MainMetric(metric).lowerIsBetter();
    return versions.stream()
        .skip(1)
        .filter(v -> lower ? v.value(metric) > interval.high() : v.value(metric) < interval.low())
        .findFirst()
        .map(Version::version);
  }

  /** The outcome in words. */
  @JsonProperty
  public String sentence() {
    Version first = versions.get(0);
    String trained =
        String.format(
            Locale.ROOT,
            "%s, trained on version %d, had %s %.4f there (%.0f %% interval %.4f to %.4f)",
            network,
            first.version(),
            Words.metric(metric),
            first.value(metric),
            100 * interval.level(),
            interval.low(),
            interval.high());
    if (versions.size() == 1) {
      return trained + "; its table has no later version with other data.";
    }
    Version last = versions.get(versions.size() - 1);
    return failsFrom()
        .map(v -> versions.stream().filter(x -> x.version() == v).findFirst().orElseThrow())
        .map(
            v ->
                String.format(
                    Locale.ROOT,
                    "%s; it fails from version %d (%s) on, the first outside of that, with %.4f.",
                    trained,
                    v.version(),
                    v.time(),
                    v.value(metric)))
        .orElseGet(
            () ->
                "%s; no later version up to %d is outside of that."
                    .formatted(trained, last.version()));
  }
}
