package dev.lockstep.evaluation.board;

import dev.lockstep.data.snapshot.PinnedTable;
import dev.lockstep.evaluation.ledger.RunRecord;
import dev.lockstep.evaluation.result.Words;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * All that is known of a run, for the page's script, which lays two of them side by side.
 *
 * @param id the run
 * @param title the run in a list to choose from
 * @param models its models
 * @param sections names and values by section: texts, or numbers, whose difference is shown
 * @param experiment the experiment file
 * @param curves how its networks learned
 */
record RunFacts(
    String id,
    String title,
    Set<String> models,
    Map<String, Map<String, Object>> sections,
    String experiment,
    List<LearningCurve> curves) {
  /** Longer texts are cut, so that the page stays small. */
  static final int MOST_TEXT = 300;

  static final int MOST_EXPERIMENT = 8_000;

  static RunFacts of(BoardRun run) {
    Map<String, Map<String, Object>> sections = new LinkedHashMap<>();
    sections.put("Settings", settings(run));
    sections.put("Data", data(run.row()));
    sections.put("Metrics on the test split", metrics(run.row()));
    sections.put("Cost", cost(run));
    sections.put("Code", code(run.row()));
    sections.put("Run", about(run));
    return new RunFacts(
        run.row().runId(),
        title(run),
        models(run),
        sections,
        cut(run.row().experiment(), MOST_EXPERIMENT),
        run.curves());
  }

  /** Networks that were trained and not judged among them. */
  private static Set<String> models(BoardRun run) {
    Set<String> models = new TreeSet<>(run.row().metrics().keySet());
    run.row().weightsSha256().keySet().forEach(name -> models.add(name.replaceFirst("/.*", "")));
    return models;
  }

  private static String title(BoardRun run) {
    String best =
        run.scored().stream()
            .findFirst()
            .map(s -> "%s %s".formatted(s.model(), Words.number(s.value())))
            .orElse(String.valueOf(run.row().status()));
    return "%s · %s · %s · %s"
        .formatted(run.row().runId(), run.row().data().source(), run.row().label(), best);
  }

  private static Map<String, Object> settings(BoardRun run) {
    RunRecord row = run.row();
    Map<String, Object> facts = new LinkedHashMap<>();
    put(facts, "task", row.task());
    put(facts, "label", row.label());
    put(facts, "models", String.join(", ", models(run)));
    put(facts, "seeds", row.seeds());
    put(facts, "ranks", row.worldSize());
    put(facts, "lanes", row.lanes());
    row.overrides().forEach((name, value) -> put(facts, "--" + name, value));
    run.result()
        .ifPresent(
            result ->
                result
                    .models()
                    .forEach(
                        m ->
                            m.settings()
                                .forEach((k, v) -> put(facts, m.name() + " " + k, plain(v)))));
    return facts;
  }

  private static Map<String, Object> data(RunRecord row) {
    Map<String, Object> facts = new LinkedHashMap<>();
    table(facts, "", row.data().source());
    row.data().testSource().ifPresent(test -> table(facts, "test table's ", test));
    row.data().splits().forEach((split, rows) -> facts.put("rows of " + split, (double) rows));
    put(facts, "feature model", row.data().featureModelHash());
    put(facts, "fingerprint", row.data().fingerprint());
    return facts;
  }

  private static void table(Map<String, Object> facts, String prefix, PinnedTable table) {
    put(facts, prefix + "table", table.table());
    put(facts, prefix + "version", table.version());
    put(facts, prefix + "commit time", table.commitTime());
    put(facts, prefix + "location", table.location());
    put(facts, prefix + "table id", table.id());
    put(facts, prefix + "schema", table.schemaHash());
  }

  private static Map<String, Object> metrics(RunRecord row) {
    Map<String, Object> facts = new LinkedHashMap<>();
    row.metrics()
        .forEach(
            (model, metrics) ->
                metrics.forEach(
                    (name, value) -> number(facts, model + " " + Words.metric(name), value)));
    return facts;
  }

  private static Map<String, Object> cost(BoardRun run) {
    Map<String, Object> facts = new LinkedHashMap<>();
    run.result()
        .ifPresent(
            result -> {
              time(facts, "preparing, s", result.prepareSeconds());
              result
                  .models()
                  .forEach(
                      m -> {
                        time(facts, m.name() + " tuning, s", m.cost().tuneSeconds());
                        time(facts, m.name() + " training, s", m.trainSeconds());
                        time(facts, m.name() + " prediction, s", m.predictSeconds());
                      });
            });
    return facts;
  }

  private static Map<String, Object> code(RunRecord row) {
    Map<String, Object> facts = new LinkedHashMap<>();
    row.environment().libraries().forEach((name, version) -> put(facts, name, version));
    put(facts, "Lockstep's commit", row.environment().code());
    put(facts, "CPU capability", row.environment().cpu());
    put(facts, "processor", row.environment().processor());
    put(facts, "master", row.environment().master());
    return facts;
  }

  private static Map<String, Object> about(BoardRun run) {
    RunRecord row = run.row();
    Map<String, Object> facts = new LinkedHashMap<>();
    put(facts, "kind", row.kind());
    put(facts, "status", row.status());
    put(facts, "error", row.error());
    run.result().ifPresent(result -> put(facts, "verdict", result.verdict()));
    put(facts, "ended", row.time().replaceFirst("\\.\\d+Z$", "Z"));
    put(facts, "command", row.command());
    put(facts, "folder", row.folder());
    row.weightsSha256().forEach((name, sha256) -> put(facts, "weights of " + name, sha256));
    row.trees().forEach((name, trees) -> put(facts, "trees of " + name, trees));
    return facts;
  }

  /** A section of options is one text, without the options that nobody gave. */
  private static Object plain(Object value) {
    return value instanceof Map<?, ?> section
        ? section.entrySet().stream()
            .filter(e -> e.getValue() != null)
            .map(e -> e.getKey() + " " + e.getValue())
            .collect(Collectors.joining(", "))
        : value;
  }

  private static void put(Map<String, Object> facts, String name, Object value) {
    if (value instanceof Number number) {
      number(facts, name, number.doubleValue());
      return;
    }
    String text = value == null ? "" : value.toString();
    if (!text.isEmpty()) {
      facts.put(name, cut(text, MOST_TEXT));
    }
  }

  private static void number(Map<String, Object> facts, String name, Double value) {
    if (value != null && Double.isFinite(value)) {
      facts.put(name, BoardNumbers.rounded(value));
    }
  }

  private static void time(Map<String, Object> facts, String name, double seconds) {
    if (Double.isFinite(seconds)) {
      facts.put(name, BoardNumbers.time(seconds));
    }
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most) + "…";
  }
}
