package dev.lockstep.evaluation.board;

import dev.lockstep.data.Figures;
import dev.lockstep.data.Json;
import dev.lockstep.data.snapshot.PinnedTable;
import dev.lockstep.evaluation.board.BoardRun.Scored;
import dev.lockstep.evaluation.board.SortableTable.Cell;
import dev.lockstep.evaluation.board.SortableTable.Column;
import dev.lockstep.evaluation.ledger.RunRecord;
import dev.lockstep.evaluation.metrics.MainMetric;
import dev.lockstep.evaluation.report.Html;
import dev.lockstep.evaluation.report.Page;
import dev.lockstep.evaluation.result.Words;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A board as one page: sorted, filtered and compared by a script of its own. */
public final class BoardPage {
  private static final String DATA = "board-data";

  /** A verdict's figures, which follow its claim and are in the report. */
  private static final String DETAILS = "(?s)(, 95 %|[:;] |\\. |$).*";

  private static final int MINUTES = 16;
  private static final int MOST_NAMED = 6;

  private final Board board;
  private final Optional<Path> folder;
  private final TableNames names;

  private BoardPage(Board board, Optional<Path> folder) {
    this.board = board;
    this.folder = folder;
    this.names =
        new TableNames(board.runs().stream().map(r -> r.row().data().source().table()).toList());
  }

  /**
   * The page.
   *
   * @param folder where it will lie, from where it links to reports; empty for no links, where it
   *     does not lie on this machine's file system
   */
  public static String render(Board board, Optional<Path> folder) {
    return new BoardPage(board, folder).page();
  }

  private String page() {
    List<TableLeader> leaders = TableLeader.of(board.runs());
    Page page =
        new Page("board")
            .style(Page.resource(BoardPage.class, "board.css"))
            .head("Runs", "Ledger " + board.ledger(), summary(leaders));
    page.section("Leaderboard by table", leaders(leaders));
    page.section("All runs", runs());
    if (!board.suites().isEmpty()) {
      page.section("Suites", suites());
    }
    page.section(
        "Two runs side by side",
        "<div id=\"compare\"><p class=\"quiet\">This needs JavaScript. In a terminal,"
            + " <code>lockstep diff RUN RUN</code> says what differs.</p></div>");
    List<RunFacts> facts = board.runs().stream().map(RunFacts::of).toList();
    return page.script(
            Page.resource(BoardPage.class, "board.js"), DATA, Json.line(Map.of("runs", facts)))
        .html();
  }

  private String summary(List<TableLeader> leaders) {
    long failed =
        board.runs().stream().filter(r -> r.row().status() == RunRecord.Status.failed).count();
    String failures = failed == 0 ? "" : ", of which %,d failed".formatted(failed);
    String suites = board.suites().isEmpty() ? "" : "; " + count(board.suites().size(), "suite");
    return "%s%s; results on %s%s."
        .formatted(
            count(board.runs().size(), "run"),
            failures,
            count(leaders.size(), "table version"),
            suites);
  }

  private static String count(int number, String what) {
    return String.format(Locale.ROOT, "%,d %s%s", number, what, number == 1 ? "" : "s");
  }

  private String leaders(List<TableLeader> leaders) {
    SortableTable table =
        new SortableTable(
            "table versions",
            "The best model of each version of a table, by the metric that decides, on test rows."
                + " The best of many runs on the same test rows looks better than it is.",
            List.of(
                Column.text("table"),
                Column.number("version"),
                Column.text("label"),
                Column.text("metric"),
                Column.text("best model"),
                Column.number("value"),
                Column.text("next"),
                Column.number("its value"),
                Column.text("run"),
                Column.number("runs")));
    for (TableLeader leader : leaders) {
      Scored best = leader.best();
      RunRecord row = best.run().row();
      List<Cell> cells = new ArrayList<>();
      cells.add(version(row));
      cells.add(Cell.text(row.label()));
      cells.add(metric(best.run()));
      cells.add(Cell.text(best.model()));
      cells.add(new Cell(Html.escape(Words.number(best.value())), "" + best.value(), "strong"));
      cells.add(leader.next().map(n -> Cell.text(n.model())).orElse(Cell.none()));
      cells.add(
          leader
              .next()
              .map(n -> Cell.number(n.value(), Words.number(n.value())))
              .orElse(Cell.none()));
      cells.add(run(best.run()));
      cells.add(Cell.number(leader.runs(), Words.count(leader.runs())));
      table.row(table(row), cells);
    }
    return table.html();
  }

  private String runs() {
    SortableTable table =
        new SortableTable(
            "runs",
            "Newest first. The best model is that of the test split; the verdict compares the models"
                + " that are best on the validation split.",
            List.of(
                Column.text("run"),
                Column.text("status"),
                Column.text("table"),
                Column.number("version"),
                Column.text("label"),
                Column.text("metric"),
                Column.text("best model"),
                Column.number("value"),
                Column.number("tuning and training"),
                Column.text("ended (UTC)"),
                Column.text("result")));
    for (BoardRun run : board.runs()) {
      RunRecord row = run.row();
      Optional<Scored> best = run.scored().stream().findFirst();
      List<Cell> cells = new ArrayList<>();
      cells.add(status(row));
      cells.add(table(row));
      cells.add(version(row));
      cells.add(Cell.text(row.label()));
      cells.add(metric(run));
      cells.add(best.map(b -> Cell.text(b.model())).orElse(Cell.none()));
      cells.add(best.map(b -> Cell.number(b.value(), Words.number(b.value()))).orElse(Cell.none()));
      cells.add(
          run.result()
              .map(r -> Cell.number(r.seconds(), Words.seconds(r.seconds())))
              .orElse(Cell.none()));
      cells.add(Cell.text(ended(row)));
      cells.add(Cell.wrapped(result(run)));
      table.row(run(run), cells);
    }
    return table.html();
  }

  private static String ended(RunRecord row) {
    return row.time().substring(0, Math.min(MINUTES, row.time().length())).replace('T', ' ');
  }

  private static Cell status(RunRecord row) {
    String text =
        row.kind() == RunRecord.Kind.training ? "training " + row.status() : "" + row.status();
    return new Cell(
        Html.escape(text), text, row.status() == RunRecord.Status.failed ? "text marked" : "text");
  }

  private Cell table(RunRecord row) {
    return Cell.text(names.of(row.data().source().table()));
  }

  private static Cell version(RunRecord row) {
    PinnedTable source = row.data().source();
    return Cell.number((double) source.version(), String.valueOf(source.version()));
  }

  private static Cell metric(BoardRun run) {
    return run.metric()
        .map(MainMetric::name)
        .map(name -> Cell.text(Words.metric(name)))
        .orElse(Cell.none());
  }

  private static String result(BoardRun run) {
    RunRecord row = run.row();
    if (!row.error().isEmpty()) {
      return row.error().lines().findFirst().orElse("");
    }
    if (row.kind() == RunRecord.Kind.training) {
      return "Trained " + String.join(", ", row.weightsSha256().keySet()) + ".";
    }
    return run.result()
        .map(result -> result.verdict().replaceFirst(DETAILS, "."))
        .filter(verdict -> !verdict.equals("."))
        .orElseGet(
            () ->
                run.scored().stream()
                    .limit(MOST_NAMED)
                    .map(s -> s.model() + " " + Words.number(s.value()))
                    .collect(Collectors.joining(", ")));
  }

  private String suites() {
    SortableTable table =
        new SortableTable(
            "suites",
            "The same models on many tables; rank 1 is best.",
            List.of(
                Column.text("suite"),
                Column.number("tables"),
                Column.number("without a result"),
                Column.text("best model"),
                Column.number("mean rank"),
                Column.text("result")));
    for (Board.Suite suite : board.suites()) {
      KeptSuite result = suite.result();
      Optional<KeptSuite.Standing> best = result.leaderboard().standings().stream().findFirst();
      String file = String.valueOf(result.file());
      table.row(
          new Cell(link(suite.page(), file), file, "text"),
          List.of(
              Cell.number(result.tables().size(), Words.count(result.tables().size())),
              Cell.number(result.failed().size(), Words.count(result.failed().size())),
              best.map(b -> Cell.text(b.name())).orElse(Cell.none()),
              best.map(b -> Cell.number(b.meanRank(), Figures.of(b.meanRank(), 2)))
                  .orElse(Cell.none()),
              Cell.wrapped(String.valueOf(result.verdict()))));
    }
    return table.html();
  }

  private Cell run(BoardRun run) {
    String id = run.row().runId();
    return new Cell(link(run.report(), id), id, "text");
  }

  /** A link from the page to a file on this machine; else the text alone. */
  private String link(Optional<String> file, String text) {
    return file.flatMap(this::address)
        .map(to -> "<a href=\"%s\">%s</a>".formatted(Html.escape(to), Html.escape(text)))
        .orElse(Html.escape(text));
  }

  private Optional<String> address(String file) {
    if (folder.isEmpty() || !(file.startsWith("/") || file.startsWith("file:/"))) {
      return Optional.empty();
    }
    Path local = Path.of(file.replaceFirst("^file:/+", "/"));
    try {
      // A path with no scheme keeps its colons apart from one by the dot before it.
      String relative = "./" + folder.get().toAbsolutePath().normalize().relativize(local);
      return Optional.of(new URI(null, null, relative, null).getRawPath());
    } catch (URISyntaxException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
