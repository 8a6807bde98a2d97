package dev.lockstep.evaluation.proposal;

import dev.lockstep.data.Task;
import dev.lockstep.data.proposal.Proposal;
import dev.lockstep.data.proposal.ProposedColumn;
import dev.lockstep.data.proposal.ProposedColumn.Role;
import dev.lockstep.data.yaml.YamlFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * An experiment file that says all that is decided, each choice with its reason.
 *
 * @param data what a person named as the data
 * @param rerun what runs it
 * @param proposal what is learned from
 * @param models names of the networks
 * @param baselines names of what they are compared with
 * @param minutes how long each model may look for better options; empty for not at all
 */
public record ExperimentText(
    String data,
    String rerun,
    Proposal proposal,
    List<String> models,
    List<String> baselines,
    Optional<Double> minutes) {
  /** Copies the lists. */
  public ExperimentText {
    models = List.copyOf(models);
    baselines = List.copyOf(baselines);
  }

  /** The file. */
  public String text() {
    List<String> lines = new ArrayList<>();
    lines.add("# An experiment on %s. Run it: %s".formatted(comment(data), comment(rerun)));
    lines.add(
        "# What it says was found out from the table, with the reasons beside it: change what");
    lines.add("# you know better. docs/experiment.md explains all keys.");
    lines.add("");
    lines.add("table: " + scalar(proposal.snapshot().table()));
    lines.add(
        "version: %d  # %,d rows; without it, the latest version"
            .formatted(proposal.snapshot().version(), proposal.snapshot().rows()));
    lines.add("");
    lines.add(
        "label: %s  # %s".formatted(scalar(proposal.label()), comment(proposal.labelReason())));
    lines.add(
        "task: %s  # or %s"
            .formatted(
                word(proposal.task()),
                List.of(Task.values()).stream()
                    .filter(t -> t != proposal.task())
                    .map(ExperimentText::word)
                    .collect(Collectors.joining(", "))));
    proposal
        .positive()
        .ifPresent(
            value ->
                lines.add(
                    "positive: %s  # the class whose probability is predicted"
                        .formatted(scalar(value))));
    proposal
        .dropReason()
        .ifPresent(why -> lines.add("onBadRow: drop  # %s".formatted(comment(why))));
    key(lines);
    proposal
        .stratifyReason()
        .ifPresent(why -> lines.add("split: {stratify: true}  # %s".formatted(comment(why))));
    lines.add("");
    lines.add("features:");
    columns(lines, "numeric", Role.NUMERIC, "numbers");
    columns(lines, "categorical", Role.CATEGORICAL, "texts, true and false, codes");
    columns(lines, "dates", Role.DATE, "their age, and place in day, week, month and year");
    columns(lines, "exclude", Role.EXCLUDED, "no features");
    lines.add("");
    lines.add("models: [%s]  # networks: bin/lockstep models lists them".formatted(list(models)));
    lines.add(
        "baselines: [%s]  # what they are compared with: also gbt, forest, constant"
            .formatted(list(baselines)));
    lines.add(
        minutes
            .map(
                m ->
                    "tuning: {minutes: %s}  # the time in which each model looks for better options"
                        .formatted(m % 1 == 0 ? String.valueOf(m.longValue()) : m.toString()))
            .orElse("# tuning: {trials: 10}  # each model would look for better options"));
    lines.add("seed: 1  # several, such as seeds: [1, 2, 3], show how far results vary by chance");
    return String.join("\n", lines) + "\n";
  }

  private void key(List<String> lines) {
    List<ProposedColumn> key = proposal.columns(Role.KEY);
    if (key.isEmpty()) {
      lines.add("# key: COLUMN  # rows of one key stay in one split; here each row is its own key");
    } else if (key.size() == 1) {
      lines.add(
          "key: %s  # %s; rows of one key stay in one split"
              .formatted(scalar(key.get(0).name()), comment(key.get(0).reason())));
    } else {
      lines.add(
          "key: [%s]  # rows of one key stay in one split"
              .formatted(list(key.stream().map(ProposedColumn::name).toList())));
    }
  }

  private void columns(List<String> lines, String list, Role role, String meaning) {
    List<ProposedColumn> columns = proposal.columns(role);
    if (columns.isEmpty()) {
      return;
    }
    lines.add("  %s:  # %s".formatted(list, meaning));
    for (ProposedColumn column : columns) {
      String reason = column.reason().isEmpty() ? "" : "  # " + comment(column.reason());
      lines.add("    - " + scalar(column.name()) + reason);
    }
  }

  private static String list(List<String> names) {
    return names.stream().map(ExperimentText::scalar).collect(Collectors.joining(", "));
  }

  private static String scalar(String text) {
    return YamlFile.scalar(text);
  }

  private static String word(Task task) {
    return task.name().toLowerCase(Locale.ROOT);
  }

  /** In one line, whatever the values of a table are. */
  private static String comment(String text) {
    return text.replaceAll("[\\p{Cntrl}\\u0085\\u2028\\u2029]+", " ");
  }
}
