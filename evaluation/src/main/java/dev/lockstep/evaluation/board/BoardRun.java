package dev.lockstep.evaluation.board;

import dev.lockstep.data.Task;
import dev.lockstep.evaluation.ledger.RunRecord;
import dev.lockstep.evaluation.metrics.MainMetric;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A run of the ledger with what its folder keeps.
 *
 * @param row its row
 * @param result its result; empty where the folder has none
 * @param curves how its networks learned
 * @param report where its report is; empty where there is none
 */
record BoardRun(
    RunRecord row,
    Optional<KeptResult> result,
    List<LearningCurve> curves,
    Optional<String> report) {
  BoardRun {
    curves = List.copyOf(curves);
  }

  /** The metric that decides; empty for a task that this release does not know. */
  Optional<MainMetric> metric() {
    return Arrays.stream(Task.values())
        .filter(task -> task.name().equalsIgnoreCase(row.task()))
        .findFirst()
        .map(MainMetric::of);
  }

  /** The value of a model's metric that decides; empty where it has none. */
  private Optional<Double> value(Map<String, Double> metrics) {
    return metric().map(m -> metrics.get(m.name())).filter(v -> v != null && Double.isFinite(v));
  }

  /** The models with a value of the metric that decides, the best first. */
  List<Scored> scored() {
    return metric().stream()
        .flatMap(
            metric ->
                row.metrics().entrySet().stream()
                    .flatMap(
                        e -> value(e.getValue()).stream().map(v -> new Scored(e.getKey(), v, this)))
                    .sorted(
                        Comparator.comparingDouble((Scored s) -> metric.gain(s.value(), 0))
                            .reversed()))
        .toList();
  }

  /**
   * A model with its value on the test split.
   *
   * @param model its name
   * @param value the metric that decides
   * @param run the run
   */
  record Scored(String model, double value, BoardRun run) {}
}
