package dev.lockstep.evaluation.report;

import dev.lockstep.evaluation.metrics.CurvePoint;
import dev.lockstep.evaluation.result.PerformanceDriftResult;
import dev.lockstep.evaluation.result.PerformanceDriftResult.Version;
import dev.lockstep.evaluation.result.Words;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A network's decay as one page and as a table for the terminal. */
public final class PerformanceDriftPage {
  private static final int FEATURES = 5;
  private static final String LINE = "%7s  %-20s  %-18s  %9s  %9s  %10s  %s";

  private final PerformanceDriftResult result;

  private PerformanceDriftPage(PerformanceDriftResult result) {
    this.result = result;
  }

  /** The page. */
  public static String render(PerformanceDriftResult result) {
    return new PerformanceDriftPage(result).page();
  }

  /** The table for the terminal. */
  public static String text(PerformanceDriftResult result) {
    StringBuilder text = new StringBuilder();
    text.append(
        LINE.formatted(
            "version",
            "time (UTC)",
            "operation",
            "rows",
            "added",
            Words.metric(result.metric()),
            "most drift (PSI)"));
    for (Version v : result.versions()) {
      text.append("\n")
          .append(
              LINE.formatted(
                  v.version(),
                  second(v),
                  v.operation(),
                  String.format(Locale.ROOT, "%,d", v.rows()),
                  String.format(Locale.ROOT, "%,d", v.added()),
                  Words.number(v.value(result.metric())),
                  v.problem().orElseGet(() -> most(v))));
    }
    return "%s\n\nscored   %s\n%s\npage     %s"
        .formatted(text, result.scored(), result.sentence(), result.page());
  }

  private static String second(Version v) {
    return v.time().replaceFirst("\\.[0-9]+Z$", "Z");
  }

  private static String most(Version v) {
    return v.drift().entrySet().stream().limit(1).map(Words::drift).collect(Collectors.joining());
  }

  private String page() {
    return new Page("decay of " + result.network())
        .head(
            "Decay of %s on %s".formatted(result.network(), result.table()),
            "Run %s. Scored: %s.".formatted(result.run(), result.scored()),
            result.sentence())
        .add("<div class=\"charts\">" + metricChart() + driftChart() + "</div>", table())
        .html();
  }

  private String metricChart() {
    List<Version> scored = result.versions().stream().filter(v -> v.problem().isEmpty()).toList();
    String name = Words.metric(result.metric());
    long first = scored.get(0).version();
    long last = scored.get(scored.size() - 1).version();
    return new Chart(name + " by version", "version", name)
        .dots(result.network(), points(scored, v -> v.value(result.metric())))
        .line("interval, low", level(first, last, result.interval().low()))
        .line("interval, high", level(first, last, result.interval().high()))
        .svg();
  }

  private static List<CurvePoint> level(long from, long to, double value) {
    return List.of(new CurvePoint(from, value), new CurvePoint(to, value));
  }

  private static List<CurvePoint> points(
      List<Version> versions, java.util.function.ToDoubleFunction<Version> value) {
    return versions.stream().map(v -> new CurvePoint(v.version(), value.applyAsDouble(v))).toList();
  }

  private String driftChart() {
    List<Version> scored = result.versions().stream().filter(v -> v.problem().isEmpty()).toList();
    Chart chart = new Chart("Drift of features by version", "version", "PSI");
    Map<String, Double> last = scored.get(scored.size() - 1).drift();
    last.keySet().stream()
        .limit(FEATURES)
        .forEach(name -> chart.dots(name, points(scored, v -> v.drift().getOrDefault(name, 0.0))));
    return chart.svg();
  }

  private String table() {
    StringBuilder table = new StringBuilder("<h2>Version by version</h2>");
    table.append(
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Version by version\"><table><caption>Drift is the population stability index of");
    table.append(
        " a feature against the training version: below 0.1 is little, above 0.25 is much.");
    table.append("</caption><thead><tr>");
    for (String head : List.of("version", "time (UTC)", "operation", "rows", "added")) {
      table.append("<th scope=\"col\">").append(head).append("</th>");
    }
    table.append("<th scope=\"col\">" + Html.escape(Words.metric(result.metric())) + "</th>");
    table.append("<th scope=\"col\">most drift</th></tr></thead><tbody>");
    for (Version v : result.versions()) {
      String drift =
          v.drift().entrySet().stream()
              .limit(FEATURES)
              .map(Words::drift)
              .collect(Collectors.joining(", "));
      table.append(
          String.format(
              Locale.ROOT,
              "<tr><th scope=\"row\">%d</th><td>%s</td><td>%s</td><td>%,d</td><td>%,d</td>"
                  + "<td>%s</td><td class=\"wrap\">%s</td></tr>",
              v.version(),
              Html.escape(second(v)),
              Html.escape(v.operation()),
              v.rows(),
              v.added(),
              Words.number(v.value(result.metric())),
              Html.escape(
                  v.problem()
                      .map(problem -> drift.isEmpty() ? problem : problem + "; " + drift)
                      .orElse(drift))));
    }
    return table.append("</tbody></table></div>").toString();
  }
}
