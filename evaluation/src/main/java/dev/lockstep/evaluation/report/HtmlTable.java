package dev.lockstep.evaluation.report;

import java.util.List;
import java.util.stream.Collectors;

/** A table in a page: a caption, a head, and rows that each begin with a name. */
public final class HtmlTable {
  private final StringBuilder html = new StringBuilder();

  /** A table with a head; a column without a name has the rows' names. */
  public HtmlTable(String caption, List<String> head) {
    String text = Html.escape(caption);
    String name = text.replaceFirst("(?s)[.;:] .*", "");
    html.append("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"");
    html.append(name).append("\"><table><caption>").append(text).append("</caption>");
    if (!head.isEmpty()) {
      html.append("<thead><tr>");
      head.forEach(
          h ->
              html.append(
                  h.isEmpty() ? "<td></td>" : "<th scope=\"col\">" + Html.escape(h) + "</th>"));
      html.append("</tr></thead>");
    }
    html.append("<tbody>");
  }

  /** A table without a head. */
  HtmlTable(String caption) {
    this(caption, List.of());
  }

  /** A cell. */
  public record Cell(String html, String kind) {
    /** Text that is shown as it is. */
    public static Cell of(String text) {
      return new Cell(Html.escape(text), "");
    }

    /** The best of its row. */
    public static Cell best(String text) {
      return new Cell(Html.escape(text), "best");
    }

    /** One that leads the eye, neither good nor bad. */
    static Cell strong(String text) {
      return new Cell(Html.escape(text), "strong");
    }

    /** One to be looked at. */
    static Cell marked(String text) {
      return new Cell(Html.escape(text), "marked");
    }

    /** A picture, or a link. */
    public static Cell picture(String svg) {
      return new Cell(svg, "picture");
    }

    /** Long text, which may break. */
    public static Cell wrapped(String text) {
      return new Cell(Html.escape(text), "wrap");
    }

    private String td() {
      return kind.isEmpty()
          ? "<td>" + html + "</td>"
          : "<td class=\"" + kind + "\">" + html + "</td>";
    }
  }

  /** A row. */
  public HtmlTable row(String name, List<Cell> cells) {
    html.append("<tr><th scope=\"row\">").append(Html.escape(name)).append("</th>");
    html.append(cells.stream().map(Cell::td).collect(Collectors.joining()));
    html.append("</tr>");
    return this;
  }

  /** A row. */
  public HtmlTable row(String name, Cell... cells) {
    return row(name, List.of(cells));
  }

  /** The table. */
  public String html() {
    return html + "</tbody></table></div>";
  }
}
