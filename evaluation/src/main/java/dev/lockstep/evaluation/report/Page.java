package dev.lockstep.evaluation.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A page that opens offline and follows the reader's choice of light or dark. Its policy has the
 * browser fetch nothing, and run no script but the page's own.
 */
public final class Page {
  /** A list of fewer sections helps nobody to find one. */
  private static final int LEAST_LISTED = 3;

  private final String title;
  private final StringBuilder style = new StringBuilder(resource(Page.class, "report.css"));
  private final StringBuilder head = new StringBuilder();
  private final List<String> sections = new ArrayList<>();
  private final List<String> parts = new ArrayList<>();
  private String policy = "'none'";
  private String scripts = "";

  /** A page; the title is what the browser's window shows. */
  public Page(String title) {
    this.title = title;
  }

  /** A text beside a class. */
  public static String resource(Class<?> owner, String name) {
    try (InputStream in = owner.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The heading, what it is of, and the sentence that matters most.
   *
   * @param more what follows from that, or leads to it
   */
  public Page head(String heading, String of, String verdict, String... more) {
    head.append("<h1>").append(Html.escape(heading)).append("</h1>");
    head.append(quiet(of));
    head.append("<p class=\"verdict\">").append(Html.escape(verdict)).append("</p>");
    for (String text : more) {
      head.append("<p>").append(Html.escape(text)).append("</p>");
    }
    return this;
  }

  /** Rules that are this page's alone. */
  public Page style(String css) {
    style.append(css);
    return this;
  }

  /**
   * A script that runs when the page is there.
   *
   * @param text JavaScript
   * @param id the element in which it finds its data
   * @param json the data
   */
  public Page script(String text, String id, String json) {
    policy = "'sha256-" + sha256(text) + "'";
    // As JSON's own escapes, what could end the element is text.
    String data = json.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e");
    scripts =
        "<script type=\"application/json\" id=\"%s\">%s</script>\n<script>%s</script>"
            .formatted(id, data, text);
    return this;
  }

  private static String sha256(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("expected SHA-256, which every JVM has", e);
    }
  }

  /** Parts as they are. */
  public Page add(String... html) {
    parts.addAll(List.of(html));
    return this;
  }

  /** A section, which the list of contents names. */
  public Page section(String name, String... html) {
    return section(name, List.of(html));
  }

  Page section(String name, List<String> html) {
    sections.add(name);
    return add(
        "<section aria-labelledby=\"section-%d\"><h2 id=\"section-%d\">%s</h2>%s</section>"
            .formatted(
                sections.size(), sections.size(), Html.escape(name), String.join("\n", html)));
  }

  /** A paragraph in small print. */
  public static String quiet(String text) {
    return "<p class=\"quiet\">" + Html.escape(text) + "</p>";
  }

  /** What a reader must know before the rest. */
  static String warning(String text) {
    return "<p class=\"warning\">" + Html.escape(text) + "</p>";
  }

  /** Text with its own lines, which the keyboard scrolls. */
  static String pre(String name, String text) {
    return "<pre tabindex=\"0\" role=\"region\" aria-label=\"%s\">%s</pre>"
        .formatted(Html.escape(name), Html.escape(text));
  }

  private String contents() {
    if (sections.size() < LEAST_LISTED) {
      return "";
    }
    StringBuilder list = new StringBuilder("<nav aria-label=\"Contents\"><ul>");
    for (int i = 0; i < sections.size(); i++) {
      list.append(
          "<li><a href=\"#section-%d\">%s</a></li>".formatted(i + 1, Html.escape(sections.get(i))));
    }
    return list + "</ul></nav>";
  }

  /** The page. */
  public String html() {
    return """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"/>
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src %s"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <link rel="icon" href="data:,"/>
        <title>Lockstep: %s</title>
        <style>%s</style></head><body><a class="skip" href="#content">Skip to the content</a>
        <header>%s%s</header><main id="content" tabindex="-1">
        %s
        </main>%s</body></html>"""
        .formatted(
            policy, Html.escape(title), style, head, contents(), String.join("\n", parts), scripts);
  }
}
