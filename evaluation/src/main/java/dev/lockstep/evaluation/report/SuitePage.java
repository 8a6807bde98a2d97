package dev.lockstep.evaluation.report;

import dev.lockstep.data.Figures;
import dev.lockstep.evaluation.leaderboard.Leaderboard;
import dev.lockstep.evaluation.leaderboard.Pair;
import dev.lockstep.evaluation.leaderboard.Standing;
import dev.lockstep.evaluation.leaderboard.SuiteResult;
import dev.lockstep.evaluation.leaderboard.SuiteResult.TableResult;
import dev.lockstep.evaluation.metrics.CurvePoint;
import dev.lockstep.evaluation.report.HtmlTable.Cell;
import dev.lockstep.evaluation.result.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A suite as one page and as a table for the terminal. */
public final class SuitePage {
  private static final String ROW = "%-14s %6s %6s %18s %10s %9s";

  private final SuiteResult result;
  private final Leaderboard board;

  private SuitePage(SuiteResult result) {
    this.result = result;
    this.board = result.leaderboard();
  }

  /** The page. */
  public static String render(SuiteResult result) {
    return new SuitePage(result).page();
  }

  /** The leaderboard for a terminal of 80 columns. */
  public static String text(SuiteResult result) {
    List<String> lines = new ArrayList<>();
    lines.add(ROW.formatted("model", "rank", "best", "Elo (95 %)", "lost", "training"));
    for (Standing s : result.leaderboard().standings()) {
      lines.add(
          ROW.formatted(
              s.name(),
              Figures.of(s.meanRank(), 2),
              count(s.wins()),
              elo(s),
              percent(s.improvability()),
              Words.seconds(s.trainSeconds())));
    }
    lines.add("");
    lines.add(result.verdict());
    long reused = result.tables().stream().filter(TableResult::reused).count();
    lines.add("tables   %d, of which %d were run before".formatted(result.tables().size(), reused));
    lines.add("page     " + result.page());
    return String.join("\n", lines);
  }

  private String page() {
    Page page =
        new Page("suite " + result.file())
            .head("%d tables".formatted(result.tables().size()), result.file(), result.verdict());
    page.add(Page.quiet(LIMITS));
    result.failed().forEach((name, why) -> page.add(Page.warning(name + ": " + why)));
    page.section("Leaderboard", leaderboard());
    page.section(
        "Ranks, and quality against cost",
        "<div class=\"charts\">%s%s%s</div>".formatted(new RankDiagram(board).svg(), elo(), cost()),
        Page.quiet(RANKS));
    page.section("Table by table", values(), verdicts());
    page.section("Pairs of models", pairs());
    return page.html();
  }

  private static final String LIMITS =
      "Each table counts once, whatever its size. What is shown here holds for tables like these;"
          + " which model to take for one of them is said by that table's own verdict below.";

  private static final String RANKS =
      "Models under one bar are not shown to differ (Friedman's test, then Wilcoxon's signed-rank"
          + " test of each pair with Holm's correction; Demšar 2006). Elo ratings are of Bradley and"
          + " Terry's model with each table as one game of each pair; their intervals are over other"
          + " tables.";

  private String leaderboard() {
    HtmlTable table =
        new HtmlTable(
            "Mean rank: 1 is best. Lost: mean share of a model's error that the best model of the"
                + " table does not make. Score: the best model of a table has 1, the median and what"
                + " is below it 0. Times are medians over tables.",
            List.of(
                "model",
                "kind",
                "mean rank",
                "best on",
                "Elo (95 %)",
                "lost",
                "score",
                "tuning",
                "training",
                "prediction of 1 M rows"));
    for (Standing s : board.standings()) {
      table.row(
          s.name(),
          Cell.of(s.kind().name()),
          Cell.of(Figures.of(s.meanRank(), 2)),
          Cell.of(count(s.wins())),
          Cell.of(elo(s)),
          Cell.of(percent(s.improvability())),
          Cell.of(Figures.of(s.normalizedScore(), 2)),
          Cell.of(Words.seconds(s.tuneSeconds())),
          Cell.of(Words.seconds(s.trainSeconds())),
          Cell.of(Words.seconds(s.predictSeconds())));
    }
    return table.html();
  }

  private String elo() {
    RowChart chart = new RowChart("Elo, with its 95 % interval", "Elo", false);
    for (Standing s : board.standings()) {
      chart.interval(s.name(), s.elo(), s.eloInterval().low(), s.eloInterval().high());
    }
    return chart.svg();
  }

  private String cost() {
    Chart chart =
        new Chart("Quality against cost", "seconds of tuning and training, log10", "error lost, %");
    for (Standing s : board.standings()) {
      double seconds = Math.max(s.tuneSeconds() + s.trainSeconds(), 1e-3);
      chart.dots(s.name(), List.of(new CurvePoint(Math.log10(seconds), 100 * s.improvability())));
    }
    return chart.svg();
  }

  private String values() {
    List<String> head = new ArrayList<>(List.of("table", "rows", "metric"));
    board.standings().forEach(s -> head.add(s.name()));
    HtmlTable table =
        new HtmlTable(
            "The metric that decides, on test rows, mean over splits and seeds; the best of each line"
                + " is green and bold.",
            head);
    for (TableResult t : result.tables()) {
      double best = TextTable.best(t.metric(), t.values().values().stream());
      List<Cell> cells = new ArrayList<>();
      cells.add(Cell.of(Words.count((double) t.rows())));
      cells.add(Cell.of(Words.metricWithDirection(t.metric())));
      for (Standing s : board.standings()) {
        double value = t.values().get(s.name());
        String shown = Words.number(value);
        cells.add(value == best ? Cell.best(shown) : Cell.of(shown));
      }
      table.row(t.name(), cells);
    }
    return table.html();
  }

  private String verdicts() {
    HtmlTable table =
        new HtmlTable("Each table's own verdict", List.of("table", "report", "verdict"));
    for (TableResult t : result.tables()) {
      String link =
          "<a href=\"%s/report.html\">%s</a>"
              .formatted(Html.escape(t.runId()), Html.escape(t.runId()));
      table.row(t.name(), Cell.picture(link), Cell.wrapped(t.verdict()));
    }
    return table.html();
  }

  private String pairs() {
    HtmlTable table =
        new HtmlTable(
            "How often the first is better than the second, and the probability of such differences"
                + " where there is none; below 0.05 among all pairs it is green and bold.",
            List.of("pair", "better on", "p", "p among all pairs"));
    for (Pair p : board.pairs()) {
      String among = Words.probability(p.adjustedP());
      table.row(
          p.first() + " – " + p.second(),
          Cell.of("%s of %d".formatted(count(p.wins()), board.tables())),
          Cell.of(Words.probability(p.p())),
          p.shown() ? Cell.best(among) : Cell.of(among));
    }
    return table.html();
  }

  private static String elo(Standing s) {
    return String.format(
        Locale.ROOT, "%.0f (%.0f–%.0f)", s.elo(), s.eloInterval().low(), s.eloInterval().high());
  }

  /** Tables, of which some may be shared. */
  private static String count(double wins) {
    return wins == Math.rint(wins) ? Words.count(wins) : Figures.of(wins, 1);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
