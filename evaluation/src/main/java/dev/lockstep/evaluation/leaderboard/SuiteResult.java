package dev.lockstep.evaluation.leaderboard;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.evaluation.result.ComparisonResult;
import dev.lockstep.evaluation.result.ModelResult;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A suite, as {@code suite --json} prints it.
 *
 * @param file the suite's file
 * @param tables what came out on each table
 * @param failed tables without a result, and why
 * @param leaderboard the models over all tables
 * @param page path of the page
 */
public record SuiteResult(
    String file,
    List<TableResult> tables,
    Map<String, String> failed,
    Leaderboard leaderboard,
    String page) {
  /**
   * A table.
   *
   * @param name what the suite calls it
   * @param runId the run
   * @param version the table's version
   * @param rows its rows in all splits
   * @param metric the metric that decides
   * @param values that metric on test rows by model, means over seeds and splits
   * @param verdict the comparison in words
   * @param report path of its page
   * @param reused whether the run was there before
   */
  public record TableResult(
      String name,
      String runId,
      long version,
      long rows,
      String metric,
      Map<String, Double> values,
      String verdict,
      String report,
      boolean reused) {
    /** Copies the values, keeping their order. */
    public TableResult {
      values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** What is told of a comparison. */
    public static TableResult of(String name, ComparisonResult run, boolean reused) {
      String metric = run.mainMetric().name();
      Map<String, Double> values = new LinkedHashMap<>();
      for (ModelResult model : run.models()) {
        values.put(model.name(), model.metrics().get(metric));
      }
      return new TableResult(
          name,
          run.runId(),
          run.version(),
          run.splits().values().stream().mapToLong(Long::longValue).sum(),
          metric,
          values,
          run.verdict(),
          run.report(),
          reused);
    }
  }

  /** Copies the collections. */
  public SuiteResult {
    tables = List.copyOf(tables);
    failed = Collections.unmodifiableMap(new LinkedHashMap<>(failed));
  }

  /** The suite in words. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public String verdict() {
    List<String> sentences = new ArrayList<>();
    sentences.add(leaderboard.verdict());
    if (!failed.isEmpty()) {
      sentences.add("No result on %s.".formatted(String.join(", ", failed.keySet())));
    }
    return String.join(" ", sentences);
  }
}
