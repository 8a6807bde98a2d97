package dev.lockstep.evaluation.board;

import dev.lockstep.data.Figures;
import dev.lockstep.evaluation.report.Html;
import java.util.List;

/**
 * A table whose rows the page's script sorts and filters. Without the script it is a table like any
 * other.
 */
final class SortableTable {
  private final StringBuilder html = new StringBuilder();

  /**
   * A table.
   *
   * @param name what its rows are, in the plural
   * @param head its columns
   */
  SortableTable(String name, String caption, List<Column> head) {
    html.append(
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"%s\"><table class=\"sortable\" data-rows=\"%s\"><caption>%s</caption><thead><tr>"
            .formatted(Html.escape(name), Html.escape(name), Html.escape(caption)));
    for (Column column : head) {
      html.append(column.number() ? "<th scope=\"col\">" : "<th scope=\"col\" class=\"text\">");
      html.append(Html.escape(column.name())).append("</th>");
    }
    html.append("</tr></thead><tbody>");
  }

  /**
   * A column.
   *
   * @param name its name
   * @param number whether it has numbers
   */
  record Column(String name, boolean number) {
    static Column text(String name) {
      return new Column(name, false);
    }

    static Column number(String name) {
      return new Column(name, true);
    }
  }

  /**
   * A cell.
   *
   * @param html what is shown
   * @param value what the rows are sorted by, in words or as a number; empty comes last
   * @param kind its class; empty for none
   */
  record Cell(String html, String value, String kind) {
    static Cell text(String text) {
      return new Cell(Html.escape(text), text, "text");
    }

    static Cell wrapped(String text) {
      return new Cell(Html.escape(text), text, "wrap");
    }

    static Cell number(double value, String shown) {
      return new Cell(Html.escape(shown), Double.isFinite(value) ? String.valueOf(value) : "", "");
    }

    static Cell none() {
      return new Cell(Figures.NONE, "", "");
    }

    private String tag(String tag) {
      return "<%s data-value=\"%s\"%s>%s</%s>"
          .formatted(
              tag,
              Html.escape(value),
              kind.isEmpty() ? "" : " class=\"" + kind + "\"",
              html,
              tag.replaceFirst(" .*", ""));
    }
  }

  /** A row, whose first cell names it. */
  SortableTable row(Cell name, List<Cell> cells) {
    html.append("<tr>").append(name.tag("th scope=\"row\""));
    cells.forEach(cell -> html.append(cell.tag("td")));
    html.append("</tr>");
    return this;
  }

  String html() {
    return html + "</tbody></table></div>";
  }
}
