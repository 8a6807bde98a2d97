package dev.lockstep.evaluation.report;

import java.util.List;
import java.util.stream.Collectors;

/** A table in a page: a caption, a head, and rows that each begin with a name. */
final class HtmlTable {
  private final StringBuilder html = new StringBuilder();

  /** A table with a head. */
  HtmlTable(String caption, List<String> head) {
    String text = Html.escape(caption);
    html.append("<p class=\"quiet caption\">").append(text).append("</p>");
    html.append("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"");
    html.append(text).append("\"><table>");
    if (!head.isEmpty()) {
      html.append("<thead><tr>");
      head.forEach(h -> html.append("<th scope=\"col\">").append(Html.escape(h)).append("</th>"));
      html.append("</tr></thead>");
    }
    html.append("<tbody>");
  }

  /** A table without a head. */
  HtmlTable(String caption) {
    this(caption, List.of());
  }

  /** A cell. */
  record Cell(String html, String kind) {
    /** Text that is shown as it is. */
    static Cell of(String text) {
      return new Cell(Html.escape(text), "");
    }

    /** The best of its row. */
    static Cell best(String text) {
      return new Cell(Html.escape(text), "best");
    }

    /** One to be looked at. */
    static Cell marked(String text) {
      return new Cell(Html.escape(text), "marked");
    }

    /** A picture. */
    static Cell picture(String svg) {
      return new Cell(svg, "picture");
    }

    /** Long text, which may break. */
    static Cell wrapped(String text) {
      return new Cell(Html.escape(text), "wrap");
    }

    private String td() {
      return kind.isEmpty()
          ? "<td>" + html + "</td>"
          : "<td class=\"" + kind + "\">" + html + "</td>";
    }
  }

  HtmlTable row(String name, List<Cell> cells) {
    html.append("<tr><th scope=\"row\">").append(Html.escape(name)).append("</th>");
    html.append(cells.stream().map(Cell::td).collect(Collectors.joining()));
    html.append("</tr>");
    return this;
  }

  HtmlTable row(String name, Cell... cells) {
    return row(name, List.of(cells));
  }

  String html() {
    return html + "</tbody></table></div>";
  }
}
