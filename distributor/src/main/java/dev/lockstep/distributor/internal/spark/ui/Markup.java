package dev.lockstep.distributor.internal.spark.ui;

import java.util.List;
import java.util.Locale;

/** HTML that is written from top to bottom; what is text is shown as it is, whatever it holds. */
final class Markup {
  private final StringBuilder html = new StringBuilder();

  /** A cell of a table: text, or markup of our own. */
  record Cell(String html, boolean number) {
    static Cell of(String text) {
      return new Cell(escape(text), false);
    }

    static Cell number(String text) {
      return new Cell(escape(text), true);
    }

    static Cell raw(String html) {
      return new Cell(html, false);
    }

    private String td() {
      return (number ? "<td class=\"text-end\">" : "<td>") + html + "</td>";
    }
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /** Adds markup; every {@code %s} stands for a text. */
  Markup add(String format, Object... texts) {
    Object[] escaped = new Object[texts.length];
    for (int i = 0; i < texts.length; i++) {
      escaped[i] = escape(String.valueOf(texts[i]));
    }
    html.append(String.format(Locale.ROOT, format, escaped));
    return this;
  }

  Markup raw(String markup) {
    html.append(markup);
    return this;
  }

  /** A table that scrolls by itself where it is too wide. */
  Markup table(String caption, List<String> head, List<List<Cell>> rows) {
    add("<div class=\"table-responsive\" role=\"region\" tabindex=\"0\" aria-label=\"%s\">", caption);
    raw("<table class=\"table table-bordered table-sm table-striped\"><thead><tr>");
    head.forEach(h -> add("<th scope=\"col\">%s</th>", h));
    raw("</tr></thead><tbody>");
    for (List<Cell> row : rows) {
      raw("<tr>");
      row.forEach(cell -> raw(cell.td()));
      raw("</tr>");
    }
    return raw("</tbody></table></div>");
  }

  String html() {
    return html.toString();
  }
}
