package dev.lockstep.evaluation.report;

import dev.lockstep.evaluation.result.ComparisonResult;
import dev.lockstep.evaluation.result.Words;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
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
    Tables tables = new Tables(result);
    Charts charts = new Charts(result);
    List<String> page =
        new ArrayList<>(
            List.of(
                "<!DOCTYPE html>",
                "<html lang=\"en\"><head><meta charset=\"utf-8\"/>",
                "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>",
                "<link rel=\"icon\" href=\"data:,\"/>",
                "<title>Lockstep: " + Html.escape(result.label()) + "</title>",
                "<style>" + style() + "</style></head><body><main>",
                head(),
                warnings()));
    page.add(section("On the test split", tables.metrics()));
    if (!result.contrasts().pairs().isEmpty()) {
      page.add(section("How sure the differences are", charts.spread(), tables.contrasts()));
      page.add(quiet(howSure()));
    }
    page.add(section("Curves", charts.curves()));
    if (result.tuned()) {
      page.add(section("Tuning", charts.tuning(), tables.tuning()));
    }
    if (!result.importance().isEmpty()) {
      page.add(section("What the models lean on", charts.importance()));
      page.add(quiet(IMPORTANCE));
    }
    if (!result.slices().isEmpty()) {
      page.add(section("Where each wins", tables.slices()));
    }
    page.add(section("The data", new DataSection(result.data(), result.version()).parts()));
    page.add(section("What it cost", tables.cost()));
    page.add(section("How each was trained", tables.settings()));
    page.add(section("Provenance", tables.provenance()));
    page.add(section("Run it again", pre(result.command())));
    page.add(section("The experiment", pre(result.experiment())));
    page.add("</main></body></html>");
    return String.join("\n", page);
  }

  private String howSure() {
    String unit =
        switch (result.contrasts().unit()) {
          case row -> "other test rows";
          case key -> "other keys, as rows of one key are not independent";
          case split -> "other splits, by Nadeau and Bengio's corrected resampled t";
          case block -> "other blocks of time, as neighbouring rows are not independent";
        };
    int pairs = result.contrasts().pairs().size();
    return ("Intervals are over %s, and with several seeds over other seeds. p is the probability of"
            + " a gain this large where there is none, by Holm's method for %d %s; a gain with p"
            + " below 0.05 is green and bold. The last of these columns is the gain that would be"
            + " found in 80 of 100 such comparisons. DeLong's test is of the mean AUC over seeds,"
            + " McNemar's of the first seed's accuracy, each for one pair by itself; neither is made"
            + " where rows have weights or are not independent.")
        .formatted(unit, pairs, pairs == 1 ? "pair" : "pairs");
  }

  private static final String IMPORTANCE =
      "Permutation importance: how much worse a model is on test rows when one column's values are shuffled. A"
          + " model that leans on two columns that say the same can do without either.";

  private static String section(String title, String... parts) {
    return section(title, List.of(parts));
  }

  private static String section(String title, List<String> parts) {
    return "<section><h2>" + Html.escape(title) + "</h2>" + String.join("\n", parts) + "</section>";
  }

  private static String quiet(String text) {
    return "<p class=\"quiet\">" + Html.escape(text) + "</p>";
  }

  private static String pre(String text) {
    return "<pre tabindex=\"0\">" + Html.escape(text) + "</pre>";
  }

  static String style() {
    try (InputStream in = HtmlReport.class.getResourceAsStream("report.css")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String head() {
    return """
        <h1>Predicting %s</h1>
        <p class="quiet">%s, version %d of %s; %s; run %s</p>
        <p class="verdict">%s</p>"""
        .formatted(
            Html.escape(result.label()),
            Html.escape(result.table()),
            result.version(),
            Html.escape(result.commitTime()),
            Words.rows(result.splits()),
            Html.escape(result.runId()),
            Html.escape(result.verdict()));
  }

  private String warnings() {
    return result.warnings().stream()
        .map(w -> "<p class=\"warning\">" + Html.escape(w) + "</p>")
        .collect(Collectors.joining("\n"));
  }
}
