package dev.lockstep.evaluation.report;

import dev.lockstep.data.Figures;
import dev.lockstep.data.profile.DataProfile;
import dev.lockstep.data.profile.LabelBalance;
import dev.lockstep.evaluation.result.ComparisonResult;
import dev.lockstep.evaluation.result.ModelResult;
import dev.lockstep.evaluation.result.Words;
import dev.lockstep.evaluation.uncertainty.Contrast;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A comparison for a pull request. */
public final class MarkdownReport {
  private static final int MOST_CLASSES = 12;

  private final ComparisonResult result;
  private final List<String> lines = new ArrayList<>();

  private MarkdownReport(ComparisonResult result) {
    this.result = result;
  }

  /** The text. */
  public static String render(ComparisonResult result) {
    return new MarkdownReport(result).text();
  }

  private String text() {
    lines.add("## Predicting " + plain(result.label()));
    lines.add("");
    lines.add("**" + plain(result.recommendation()) + "**");
    lines.add("");
    lines.add(plain(result.verdict()));
    lines.add("");
    lines.add(
        "%s, version %d of %s; %s; run %s."
            .formatted(
                plain(result.table()),
                result.version(),
                result.commitTime(),
                Words.rows(result.splits()),
                result.runId()));
    lines.add("");
    result.warnings().forEach(w -> lines.add("> " + plain(w) + "\n"));
    row("", ModelResult::name);
    lines.add("| --- |" + String.join("", Collections.nCopies(result.models().size(), " ---: |")));
    row("", ModelResult::kind);
    for (String metric : result.models().get(0).metrics().keySet()) {
      double best = TextTable.best(result, metric);
      row(
          Words.metric(metric),
          m -> {
            Double value = m.metrics().get(metric);
            String shown = Words.number(m, metric);
            return value != null && value == best ? "**" + shown + "**" : shown;
          });
    }
    if (result.tuned()) {
      row("trials", m -> m.tuning().size());
      row("tuning", m -> Words.seconds(m.cost().tuneSeconds()));
    }
    if (result.boosted()) {
      row("trees kept", Words::trees);
    }
    row("training", m -> Words.seconds(m.trainSeconds()));
    row("prediction", m -> Words.seconds(m.predictSeconds()));
    lines.add("");
    contrasts();
    data();
    lines.add("Run it again:");
    lines.add("");
    lines.add("```");
    lines.add(result.command());
    lines.add("```");
    return String.join("\n", lines) + "\n";
  }

  private void contrasts() {
    if (result.contrasts().pairs().isEmpty()) {
      return;
    }
    lines.add("| gain in " + Words.metric(result.mainMetric().name()) + " | | 95 % interval | p |");
    lines.add("| --- | ---: | ---: | ---: |");
    for (Contrast c : result.contrasts().pairs()) {
      lines.add(
          "| %s against %s | %s | %s | %s |"
              .formatted(
                  plain(c.first()),
                  plain(c.second()),
                  Words.number(c.gain()),
                  c.evidence().map(e -> Words.interval(e.interval())).orElse(Figures.NONE),
                  c.evidence().map(e -> Words.probability(e.adjustedP())).orElse(Figures.NONE)));
    }
    lines.add("");
  }

  private void data() {
    DataProfile data = result.data();
    lines.add("### The data");
    lines.add("");
    lines.add("- " + plain(DataWords.rows(data, result.version())));
    lines.add("- %,d columns; %s".formatted(data.columns().size(), plain(DataWords.missing(data))));
    DataWords.dates(data).ifPresent(dates -> lines.add("- " + plain(dates)));
    data.drift().ifPresent(d -> lines.add("- " + plain(DataWords.drift(d, result.version()))));
    data.noDrift().ifPresent(why -> lines.add("- No drift is shown: " + plain(why)));
    lines.add("");
    LabelBalance balance = data.balance();
    if (balance.classes().isEmpty()) {
      lines.add(
          "%s: %s"
              .formatted(
                  plain(result.label()), plain(DataWords.values(data.label(), data.rows()))));
      lines.add("");
      return;
    }
    List<String> splits = List.copyOf(balance.rows().keySet());
    lines.add("| %s | %s |".formatted(plain(result.label()), String.join(" | ", splits)));
    lines.add("| --- |" + " ---: |".repeat(splits.size()));
    for (int part : DataWords.fullest(balance, MOST_CLASSES)) {
      lines.add(
          splits.stream()
              .map(
                  s ->
                      DataWords.rowsAndShare(
                          balance.rows().get(s).get(part), balance.share(s, part)))
              .collect(
                  Collectors.joining(
                      " | ", "| " + plain(balance.classes().get(part)) + " | ", " |")));
    }
    lines.add("");
  }

  private void row(String name, Function<ModelResult, Object> cell) {
    lines.add(
        result.models().stream()
            .map(m -> plain(String.valueOf(cell.apply(m))))
            .collect(Collectors.joining(" | ", "| " + name + " | ", " |")));
  }

  /** Text that breaks no table and makes no tag. */
  private static String plain(String text) {
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ");
  }
}
