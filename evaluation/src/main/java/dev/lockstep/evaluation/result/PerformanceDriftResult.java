package dev.lockstep.evaluation.result;

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
public record PerformanceDriftResult(
    String run,
    String network,
    String table,
    String metric,
    Interval interval,
    String scored,
    List<Version> versions,
    String page) {
  /** Copies the list and checks that the training version is there. */
  public PerformanceDriftResult {
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

    /** A version that could not be scored, though its features may have been looked at. */
    public static Version failed(
        long version, String time, String operation, String problem, Map<String, Double> drift) {
      return new Version(version, time, operation, 0, 0, Map.of(), drift, Optional.of(problem));
    }

    public double value(String metric) {
      return metrics.getOrDefault(metric, Double.NaN);
    }
  }

  /**
   * The version from which on every metric is worse than the interval's worse end; empty if the
   * last one is not.
   */
  @JsonProperty
  public Optional<Long> failsFrom() {
    boolean lower = new MainMetric(metric).lowerIsBetter();
    Optional<Long> from = Optional.empty();
    for (Version v : versions.subList(1, versions.size())) {
      boolean outside =
          lower ? v.value(metric) > interval.high() : v.value(metric) < interval.low();
      boolean unknown = Double.isNaN(v.value(metric));
      from = outside ? from.or(() -> Optional.of(v.version())) : unknown ? from : Optional.empty();
    }
    return from;
  }

  /** The outcome in words. */
  @JsonProperty
  public String sentence() {
    Version first = versions.get(0);
    String trained =
        String.format(
            Locale.ROOT,
            "%s, trained on version %d, had %s %s there (%.0f %% interval %s)",
            network,
            first.version(),
            Words.metric(metric),
            Words.number(first.value(metric)),
            100 * interval.level(),
            Words.interval(interval));
    if (versions.size() == 1) {
      return trained + "; its table has no later version with other data.";
    }
    List<Version> scored = versions.stream().filter(v -> v.problem().isEmpty()).toList();
    if (scored.size() == 1) {
      return trained + "; none of the later versions could be scored.";
    }
    Version last = scored.get(scored.size() - 1);
    return failsFrom()
        .map(v -> versions.stream().filter(x -> x.version() == v).findFirst().orElseThrow())
        .map(
            v ->
                String.format(
                    Locale.ROOT,
                    "%s; it fails from version %d (%s) on, which had %s.",
                    trained,
                    v.version(),
                    v.time(),
                    Words.number(v.value(metric))))
        .orElseGet(
            () ->
                "%s; version %d is not outside of that, so it holds."
                    .formatted(trained, last.version()));
  }
}
