package dev.lockstep.distributor.internal.spark.ui;

import java.util.List;
import java.util.Locale;

/** HTML that is written from top to bottom; what is text is shown as it is, whatever it holds. */
final class Markup {
  private static final int MOST_NARROW = 30;

  private final StringBuilder html = new StringBuilder();

  /**
   * A cell of a table.
   *
   * @param html its text, escaped, or markup of our own
   * @param attributes attributes of its element, each after a blank
   */
  record Cell(String html, String attributes) {
    private static final String NUMBER = " class=\"text-end text-nowrap\"";

    /** A word or a few, in one line. */
    static Cell of(String text) {
      return new Cell(escape(text), " class=\"text-nowrap\"");
    }

    static Cell number(String text) {
      return new Cell(escape(text), NUMBER);
    }

    /** A text that may be long; then in several lines. */
    static Cell text(String text) {
      return text.length() <= MOST_NARROW
          ? of(text)
          : new Cell(escape(text), " class=\"text-break\" style=\"min-width:18em\"");
    }

    static Cell raw(String html) {
      return new Cell(html, "");
    }

    private boolean isNumber() {
      return attributes.equals(NUMBER);
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

  /** A table with a row at least, which scrolls by itself where it is too wide. */
  Markup table(String caption, List<String> head, List<List<Cell>> rows) {
    add(
        "<div class=\"table-responsive\" role=\"region\" tabindex=\"0\" aria-label=\"%s\">",
        caption);
    raw("<table class=\"table table-bordered table-sm table-striped w-auto\"><thead><tr>");
    for (int i = 0; i < head.size(); i++) {
      raw(
          rows.get(0).get(i).isNumber()
              ? "<th scope=\"col\" class=\"text-end\">"
              : "<th scope=\"col\">");
      add("%s</th>", head.get(i));
    }
    raw("</tr></thead><tbody>");
    for (List<Cell> row : rows) {
      raw("<tr>");
      row.forEach(cell -> raw("<td" + cell.attributes() + ">" + cell.html() + "</td>"));
      raw("</tr>");
    }
    return raw("</tbody></table></div>");
  }

  String html() {
    return html.toString();
  }
}
