package dev.lockstep.evaluation.report;

import dev.lockstep.data.Figures;
import dev.lockstep.data.profile.ColumnProfile;
import dev.lockstep.data.profile.DataProfile;
import dev.lockstep.data.profile.Drift;
import dev.lockstep.data.profile.LabelBalance;
import dev.lockstep.data.profile.Numbers;
import dev.lockstep.evaluation.metrics.CurvePoint;
import dev.lockstep.evaluation.report.HtmlTable.Cell;
import dev.lockstep.evaluation.result.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What the data is like: the label by split, the columns, and what moved since the version before.
 */
final class DataSection {
  private static final int MOST_COLUMNS = 40;
  private static final int MOST_CLASSES = 12;
  private static final int MOST_DRIFTS = 10;
  private static final String PSI =
      "The population stability index says how differently a column's values are spread in two"
          + " versions: 0 is not at all, below 0.1 little, and what is above 0.2, which is marked,"
          + " deserves a look before the result is trusted on new rows.";

  private final DataProfile data;
  private final long version;

  /**
   * A section.
   *
   * @param version the version of the table
   */
  DataSection(DataProfile data, long version) {
    this.data = data;
    this.version = version;
  }

  List<String> parts() {
    List<String> parts = new ArrayList<>();
    parts.add("<p>" + Html.escape(DataWords.rows(data, version)) + "</p>");
    parts.add(data.balance().classes().isEmpty() ? labelHistogram() : labelTable());
    parts.add(columns());
    DataWords.dates(data).ifPresent(dates -> parts.add("<p>" + Html.escape(dates) + "</p>"));
    data.drift().ifPresent(drift -> parts.add(drift(drift)));
    data.noDrift()
        .ifPresent(
            why ->
                parts.add(
                    "<p class=\"quiet\">No drift is shown: %s.</p>".formatted(Html.escape(why))));
    return parts;
  }

  private String labelTable() {
    LabelBalance balance = data.balance();
    List<String> splits = List.copyOf(balance.rows().keySet());
    List<String> head = new ArrayList<>(List.of(data.label().name()));
    head.addAll(splits);
    head.add("shares");
    HtmlTable table = new HtmlTable("The label, split by split: rows and their share.", head);
    List<Integer> shown = DataWords.fullest(balance, MOST_CLASSES);
    for (int part : shown) {
      List<Cell> cells = new ArrayList<>();
      List<Double> shares = splits.stream().map(s -> balance.share(s, part)).toList();
      for (int i = 0; i < splits.size(); i++) {
        long rows = balance.rows().get(splits.get(i)).get(part);
        cells.add(Cell.of(DataWords.rowsAndShare(rows, shares.get(i))));
      }
      String title =
          "Shares of %s in %s".formatted(balance.classes().get(part), String.join(", ", splits));
      cells.add(Cell.picture(new SmallBars(title, 1).bars(shares).svg()));
      table.row(balance.classes().get(part), cells);
    }
    int more = balance.classes().size() - shown.size();
    return table.html() + (more > 0 ? more(more, "classes") : "");
  }

  /** Where the label is a number: the share of each split's rows by its value. */
  private String labelHistogram() {
    Numbers numbers = data.label().numbers().orElseThrow();
    Chart chart = new Chart("The label, split by split", data.label().name(), "share of rows");
    data.balance()
        .rows()
        .keySet()
        .forEach(
            split ->
                chart.line(
                    split,
                    IntStream.range(0, numbers.histogram().size())
                        .mapToObj(
                            bin ->
                                new CurvePoint(
                                    numbers.middle(bin), data.balance().share(split, bin)))
                        .toList()));
    return "<div class=\"charts\">" + chart.svg() + "</div>";
  }

  private String columns() {
    List<String> head = new ArrayList<>(List.of("column", "type", "missing", "distinct"));
    head.addAll(List.of("least … mean … greatest, or most frequent", "rows by value"));
    Map<String, Double> drift = data.drift().map(Drift::index).orElse(Map.of());
    data.drift().ifPresent(d -> head.add("PSI"));
    HtmlTable table =
        new HtmlTable(
            "The columns that are used, over all rows that are used, the label first.", head);
    for (ColumnProfile column :
        data.columns().subList(0, Math.min(MOST_COLUMNS, data.columns().size()))) {
      List<Cell> cells = new ArrayList<>();
      cells.add(Cell.of(column.type()));
      cells.add(Cell.of(DataWords.missing(column, data.rows())));
      cells.add(
          Cell.of((column.estimated() ? "≈ " : "") + Words.count((double) column.distinct())));
      cells.add(Cell.of(DataWords.values(column, data.rows())));
      cells.add(Cell.picture(picture(column)));
      if (data.drift().isPresent()) {
        cells.add(drift(drift.get(column.name())));
      }
      table.row(column.name(), cells);
    }
    int more = data.columns().size() - MOST_COLUMNS;
    return table.html() + (more > 0 ? more(more, "columns") : "");
  }

  private static String more(int count, String what) {
    return String.format(
        Locale.ROOT, "<p class=\"quiet\">%,d more %s are in result.json.</p>", count, what);
  }

  private static String picture(ColumnProfile column) {
    if (column.numbers().isPresent()) {
      List<Double> rows =
          column.numbers().get().histogram().stream().map(Long::doubleValue).toList();
      return new SmallBars("Histogram of " + column.name(), max(rows)).bars(rows).svg();
    }
    List<Double> rows = column.frequent().stream().map(v -> (double) v.rows()).toList();
    String title =
        column.frequent().stream()
            .map(v -> v.value() + " " + Words.count((double) v.rows()))
            .collect(
                Collectors.joining(", ", "Most frequent values of " + column.name() + ": ", ""));
    return new SmallBars(title, max(rows)).bars(rows).svg();
  }

  private static double max(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).max().orElse(1);
  }

  private static Cell drift(Double index) {
    if (index == null) {
      return Cell.of(Figures.NONE);
    }
    String shown = Figures.of(index, Words.INDEX_DECIMALS);
    return index > Drift.MUCH ? Cell.marked(shown) : Cell.of(shown);
  }

  private String drift(Drift drift) {
    RowChart chart = new RowChart("What moved most since version " + drift.version(), "PSI", true);
    drift.index().entrySet().stream()
        .limit(MOST_DRIFTS)
        .forEach(e -> chart.bar(e.getKey(), e.getValue()));
    return "<h3>Drift since version %d</h3><p>%s</p><div class=\"charts\">%s</div><p class=\"quiet\">%s</p>"
        .formatted(
            drift.version(),
            Html.escape(DataWords.drift(drift, version)),
            chart.svg(),
            Html.escape(PSI));
  }
}
