package dev.lockstep.evaluation.cli;

import dev.lockstep.data.Figures;
import dev.lockstep.data.Task;
import dev.lockstep.data.snapshot.PinnedTable;
import dev.lockstep.evaluation.ledger.RunDiff;
import dev.lockstep.evaluation.ledger.RunRecord;
import dev.lockstep.evaluation.metrics.MainMetric;
import dev.lockstep.evaluation.provenance.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Runs as a person reads them. */
final class RunText {
  private static final String LINE = "%-20s  %-17s  %-8s  %-24s  %s";
  private static final int MINUTES = 16;

  /** Of the metrics of one run, which is shown alone. */
  private static final int DECIMALS = 6;

  private RunText() {}

  static String list(List<RunRecord> runs) {
    List<String> lines = new ArrayList<>();
    lines.add(LINE.formatted("run", "time (UTC)", "status", "table@version", "result"));
    for (RunRecord run : runs) {
      String minute = run.time().substring(0, MINUTES).replace('T', ' ');
      String result = run.error().isEmpty() ? results(run) : firstLine(run.error());
      lines.add(LINE.formatted(run.runId(), minute, run.status(), run.data().source(), result));
    }
    return String.join("\n", lines);
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }

  private static String results(RunRecord run) {
    if (run.kind() == RunRecord.Kind.training) {
      return "trained " + String.join(", ", run.weightsSha256().keySet());
    }
    String metric = mainMetric(run);
    return metric
        + " "
        + run.metrics().entrySet().stream()
            .filter(e -> e.getValue().containsKey(metric))
            .map(e -> e.getKey() + " " + Figures.of(e.getValue().get(metric)))
            .collect(Collectors.joining(", "));
  }

  private static String mainMetric(RunRecord run) {
    return MainMetric.of(Task.valueOf(run.task().toUpperCase(Locale.ROOT))).name();
  }

  static String all(RunRecord run) {
    StringBuilder text = new StringBuilder();
    line(text, "run", run.runId());
    line(text, "time", run.time());
    line(text, "command", run.command());
    line(text, "kind", run.kind());
    line(text, "status", run.status() + (run.error().isEmpty() ? "" : ": " + run.error()));
    line(text, "learned", run.label() + " (" + run.task() + ")");
    table(text, "table", run.data().source());
    run.data().testSource().ifPresent(test -> table(text, "test table", test));
    line(text, "rows", pairs(run.data().splits()));
    line(text, "feature model", run.data().featureModelHash());
    line(text, "seeds", run.seeds());
    line(text, "ranks, lanes", run.worldSize() + ", " + run.lanes());
    line(text, "overrides", pairs(run.overrides()));
    line(text, "libraries", pairs(run.environment().libraries()));
    line(text, "code", run.environment().code());
    line(text, "processor", run.environment().processor() + ", " + run.environment().cpu());
    line(text, "master", run.environment().master());
    run.metrics().forEach((model, metrics) -> line(text, "test, " + model, numbers(metrics)));
    run.weightsSha256().forEach((model, sha256) -> line(text, "weights, " + model, sha256));
    run.trees().forEach((model, trees) -> line(text, "trees, " + model, trees));
    line(text, "folder", run.folder());
    return text + "\n" + run.experiment().stripTrailing();
  }

  private static void table(StringBuilder text, String name, PinnedTable table) {
    line(text, name, table + " of " + table.commitTime());
    line(text, "  id", table.id() + " at " + table.location());
    line(text, "  schema", table.schemaHash());
  }

  private static void line(StringBuilder text, String name, Object value) {
    text.append("%-16s %s%n".formatted(name, value));
  }

  private static String pairs(Map<String, ?> map) {
    return map.entrySet().stream()
        .map(e -> e.getKey() + " " + e.getValue())
        .collect(Collectors.joining(", "));
  }

  private static String numbers(Map<String, Double> metrics) {
    return metrics.entrySet().stream()
        .map(e -> e.getKey() + " " + Figures.of(e.getValue(), DECIMALS))
        .collect(Collectors.joining(", "));
  }

  static String diff(RunDiff diff) {
    if (diff.isEmpty()) {
      return "%s and %s: no difference in data, configuration, code or result"
          .formatted(diff.from(), diff.to());
    }
    List<String> lines = new ArrayList<>();
    lines.add("from %s to %s".formatted(diff.from(), diff.to()));
    section(lines, "data", diff.data());
    section(lines, "configuration", diff.configuration());
    if (!diff.experiment().isEmpty()) {
      lines.add("experiment");
      diff.experiment().forEach(line -> lines.add("  " + line));
    }
    section(lines, "code", diff.code());
    section(lines, "result", diff.result());
    return String.join("\n", lines);
  }

  private static void section(List<String> lines, String name, List<Change> changes) {
    if (!changes.isEmpty()) {
      lines.add(name);
      changes.forEach(c -> lines.add("  %-22s %s -> %s".formatted(c.what(), c.was(), c.is())));
    }
  }
}
