package dev.lockstep.evaluation.report;

import dev.lockstep.evaluation.metrics.MainMetric;
import dev.lockstep.evaluation.result.ComparisonResult;
import dev.lockstep.evaluation.result.ModelResult;
import dev.lockstep.evaluation.result.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A comparison for the terminal: metric by metric, a column a model. */
public final class TextTable {
  private static final int LEAST_WIDTH = 12;
  private static final int WIDTH_OF_SEEDS = 22;
  private static final int GAP = 3;
  private static final int SHORT_SHA = 16;

  private TextTable() {}

  /** The table; the best value of each row is marked with a star. */
  public static String render(ComparisonResult result) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s version %d   %s"
            .formatted(result.table(), result.version(), Words.rows(result.splits())));
    lines.add("");
    lines.add(line("", result, ModelResult::name));
    lines.add(line("", result, m -> m.kind().name()));
    for (String metric : result.models().get(0).metrics().keySet()) {
      double best = best(result, metric);
      lines.add(
          line(
              Words.metric(metric),
              result,
              m -> {
                Double value = m.metrics().get(metric);
                String star = value != null && value == best ? " *" : "  ";
                return Words.number(m, metric) + star;
              }));
    }
    if (result.tuned()) {
      lines.add(line("tuning", result, m -> Words.seconds(m.cost().tuneSeconds())));
    }
    if (result.boosted()) {
      lines.add(line("trees kept", result, Words::trees));
    }
    lines.add(line("training", result, m -> Words.seconds(m.trainSeconds())));
    lines.add(line("prediction", result, m -> Words.seconds(m.predictSeconds())));
    lines.add("");
    lines.add(result.verdict());
    lines.add(
        "weights  %s…  on %d ranks"
            .formatted(
                result
                    .weightsSha256()
                    .substring(0, Math.min(SHORT_SHA, result.weightsSha256().length())),
                result.worldSize()));
    lines.add("report   " + result.report());
    return lines.stream().map(String::stripTrailing).collect(Collectors.joining("\n"));
  }

  /** The best value of a metric; NaN where no model has one. */
  static double best(ComparisonResult result, String metric) {
    return best(metric, result.models().stream().map(m -> m.metrics().get(metric)));
  }

  static double best(String metric, Stream<Double> values) {
    MainMetric direction = new MainMetric(metric);
    return values
        .filter(v -> v != null && !v.isNaN())
        .reduce((a, b) -> direction.gain(a, b) >= 0 ? a : b)
        .orElse(Double.NaN);
  }

  private static String line(
      String name, ComparisonResult result, Function<ModelResult, String> value) {
    StringBuilder line = new StringBuilder("%-22s".formatted(name));
    for (ModelResult model : result.models()) {
      int least = model.metricsBySeed().size() > 1 ? WIDTH_OF_SEEDS : LEAST_WIDTH;
      int longest = Math.max(model.name().length(), Words.trees(model).length());
      line.append(("%" + Math.max(least, longest + GAP) + "s").formatted(value.apply(model)));
    }
    return line.toString();
  }
}
