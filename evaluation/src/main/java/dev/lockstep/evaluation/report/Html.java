package dev.lockstep.evaluation.report;

/** Text in a page. */
public final class Html {
  private Html() {}

  /** A text that is shown as it is, whatever it holds. */
  public static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
