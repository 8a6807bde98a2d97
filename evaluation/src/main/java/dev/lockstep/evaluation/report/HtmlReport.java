package dev.lockstep.evaluation.report;

import dev.lockstep.evaluation.metrics.CurvePoint;
import dev.lockstep.evaluation.metrics.MainMetric;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A comparison as one page: opens offline, runs no script, asks for nothing, and follows the
 * reader's choice of light or dark.
 */
public final class HtmlReport {
  private final ComparisonResult result;

  private HtmlReport(ComparisonResult result) {
    this.result = result;
  }

  /** The page. */
  public static String render(ComparisonResult result) {
    return new HtmlReport(result).page();
  }

  private String page() {
    return String.join(
        "\n",
        "<!DOCTYPE html>",
        "<html lang=\"en\"><head><meta charset=\"utf-8\"/>",
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>",
        "<link rel=\"icon\" href=\"data:,\"/>",
        "<title>Lockstep: " + escape(result.label()) + "</title>",
        "<style>" + style() + "</style></head><body><main>",
        head(),
        warnings(),
        metrics(),
        charts(),
        settings(),
        provenance(),
        "<h2>Run it again</h2><pre>" + escape(result.command()) + "</pre>",
        "<h2>The experiment</h2><pre>" + escape(result.experiment()) + "</pre>",
        "</main></body></html>");
  }

  static String style() {
    try (InputStream in = HtmlReport.class.getResourceAsStream("report.css")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String escape(String text) {
    return Html.escape(text);
  }

  private String head() {
    String rows =
        result.splits().entrySet().stream()
            .map(e -> String.format(Locale.ROOT, "%,d %s", e.getValue(), e.getKey()))
            .collect(Collectors.joining(", "));
    return """
        <h1>Predicting %s</h1>
        <p class="quiet">%s, version %d of %s; %s rows; run %s</p>
        <p class="verdict">%s</p>"""
        .formatted(
            escape(result.label()),
            escape(result.table()),
            result.version(),
            escape(result.commitTime()),
            rows,
            escape(result.runId()),
            escape(Verdict.of(result)));
  }

  private String warnings() {
    return result.warnings().stream()
        .map(w -> "<p class=\"warning\">" + escape(w) + "</p>")
        .collect(Collectors.joining("\n"));
  }

  private String metrics() {
    StringBuilder table = new StringBuilder();
    table.append("<h2>On the test split</h2><div class=\"scroll\"><table>");
    table.append(
        "<caption>Rows that neither training nor the choice of an epoch has seen; the best value of"
            + " each line is green and bold.</caption>");
    table.append("<thead><tr><th scope=\"col\">metric</th>");
    for (ModelResult model : result.models()) {
      table.append(
          "<th scope=\"col\">%s<br/><span class=\"quiet\">%s</span></th>"
              .formatted(escape(model.name()), model.kind()));
    }
    table.append("</tr></thead><tbody>");
    for (String metric : result.models().get(0).metrics().keySet()) {
      double best = TextTable.best(result, metric);
      String arrow = new MainMetric(metric).lowerIsBetter() ? " (lower is better)" : "";
      table.append(
          row(
              Words.metric(metric) + arrow,
              m -> {
                Double value = m.metrics().get(metric);
                boolean isBest = value != null && value == best;
                return "<td%s>%s</td>"
                    .formatted(isBest ? " class=\"best\"" : "", Words.number(value));
              }));
    }
    table.append(row("training", m -> "<td>" + Words.seconds(m.trainSeconds()) + "</td>"));
    table.append(row("prediction", m -> "<td>" + Words.seconds(m.predictSeconds()) + "</td>"));
    return table.append("</tbody></table></div>").toString();
  }

  private String row(String name, Function<ModelResult, String> cell) {
    return "<tr><th scope=\"row\">%s</th>%s</tr>"
        .formatted(escape(name), result.models().stream().map(cell).collect(Collectors.joining()));
  }

  private String charts() {
    StringBuilder charts = new StringBuilder("<h2>Curves</h2><div class=\"charts\">");
    List<ModelResult> ranked = result.models().stream().filter(m -> !m.roc().isEmpty()).toList();
    if (!ranked.isEmpty()) {
      Chart roc = new Chart("ROC curve", "false positive rate", "true positive rate");
      Chart calibration = new Chart("Calibration", "predicted probability", "observed share");
      roc.withDiagonal();
      calibration.withDiagonal();
      for (ModelResult model : ranked) {
        roc.line(model.name(), model.roc());
        calibration.dots(model.name(), model.calibration());
      }
      charts.append(roc.svg()).append(calibration.svg());
    }
    for (ModelResult model : result.models()) {
      if (!model.learning().isEmpty()) {
        charts.append(learning(model).svg());
      }
    }
    return charts.append("</div>").toString();
  }

  private static Chart learning(ModelResult model) {
    List<CurvePoint> train =
        model.learning().stream().map(p -> new CurvePoint(p.epoch(), p.trainLoss())).toList();
    List<CurvePoint> validation =
        model.learning().stream().map(p -> new CurvePoint(p.epoch(), p.validationLoss())).toList();
    return new Chart("Learning of " + model.name(), "epoch", "loss")
        .line("train", train)
        .line("validation", validation);
  }

  private String settings() {
    StringBuilder table =
        new StringBuilder("<h2>How each was trained</h2><div class=\"scroll\"><table>");
    table.append("<caption>Settings, defaults included.</caption><tbody>");
    for (ModelResult model : result.models()) {
      String all =
          model.settings().entrySet().stream()
              .filter(e -> e.getValue() != null)
              .map(e -> e.getKey() + " " + e.getValue())
              .collect(Collectors.joining(", "));
      table.append(
          "<tr><th scope=\"row\">%s</th><td class=\"wrap\">%s</td></tr>"
              .formatted(escape(model.name()), escape(all)));
    }
    return table.append("</tbody></table></div>").toString();
  }

  private String provenance() {
    StringBuilder table = new StringBuilder("<h2>Provenance</h2><div class=\"scroll\"><table>");
    table.append("<caption>What the result depends on.</caption><tbody>");
    for (Map.Entry<String, String> entry : result.provenance().entrySet()) {
      table.append(
          "<tr><th scope=\"row\">%s</th><td class=\"wrap\">%s</td></tr>"
              .formatted(escape(entry.getKey()), escape(entry.getValue())));
    }
    for (ModelResult model : result.models()) {
      model
          .weightsSha256()
          .ifPresent(
              sha256 ->
                  table.append(
                      "<tr><th scope=\"row\">weights of %s</th><td class=\"wrap\">%s</td></tr>"
                          .formatted(escape(model.name()), sha256)));
    }
    return table.append("</tbody></table></div>").toString();
  }
}
