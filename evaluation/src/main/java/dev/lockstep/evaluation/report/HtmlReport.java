package dev.lockstep.evaluation.report;

import dev.lockstep.evaluation.result.ComparisonResult;
import dev.lockstep.evaluation.result.Words;
import java.util.stream.Collectors;

/** A comparison as one page. */
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
    Page page =
        new Page(result.label())
            .head("Predicting " + result.label(), of(), result.recommendation(), result.verdict());
    page.add(warnings());
    page.section("For a decision", new DecisionSection(result).parts());
    page.section("On the test split", tables.metrics());
    if (!result.contrasts().pairs().isEmpty()) {
      page.section("How sure the differences are", charts.spread(), tables.contrasts());
      page.add(Page.quiet(howSure()));
    }
    page.section("Curves", charts.curves(), tables.calibration());
    if (result.tuned()) {
      page.section("Tuning", charts.tuning(), tables.tuning());
    }
    if (!result.importance().isEmpty()) {
      page.section("What the models lean on", charts.importance());
      page.add(Page.quiet(IMPORTANCE));
    }
    if (!result.slices().isEmpty()) {
      page.section("Where each wins", tables.slices());
    }
    page.section("The data", new DataSection(result.data(), result.version()).parts());
    page.section("What it cost", tables.cost());
    page.section("How each was trained", tables.settings());
    page.section("Provenance", tables.provenance());
    page.section("Run it again", Page.pre("Command", result.command()));
    page.section("The experiment", Page.pre("Experiment file", result.experiment()));
    return page.html();
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

  private String of() {
    return "%s, version %d of %s; %s; run %s"
        .formatted(
            result.table(),
            result.version(),
            result.commitTime(),
            Words.rows(result.splits()),
            result.runId());
  }

  private String warnings() {
    return result.warnings().stream().map(Page::warning).collect(Collectors.joining("\n"));
  }
}
