package dev.lockstep.evaluation.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A page that opens offline, runs no script, asks for nothing, and follows the reader's choice of
 * light or dark.
 */
final class Page {
  private final List<String> parts = new ArrayList<>();

  /** A page; the title is what the browser's window shows. */
  Page(String title) {
    parts.addAll(
        List.of(
            "<!DOCTYPE html>",
            "<html lang=\"en\"><head><meta charset=\"utf-8\"/>",
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>",
            "<link rel=\"icon\" href=\"data:,\"/>",
            "<title>Lockstep: " + Html.escape(title) + "</title>",
            "<style>" + style() + "</style></head><body><main>"));
  }

  private static String style() {
    try (InputStream in = Page.class.getResourceAsStream("report.css")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The heading, what it is of, and the sentence that matters most. */
  Page head(String heading, String of, String verdict) {
    return add(
        "<h1>" + Html.escape(heading) + "</h1>",
        quiet(of),
        "<p class=\"verdict\">" + Html.escape(verdict) + "</p>");
  }

  /** Parts as they are. */
  Page add(String... html) {
    parts.addAll(List.of(html));
    return this;
  }

  Page section(String title, String... html) {
    return section(title, List.of(html));
  }

  Page section(String title, List<String> html) {
    return add(
        "<section><h2>" + Html.escape(title) + "</h2>" + String.join("\n", html) + "</section>");
  }

  /** A paragraph in small print. */
  static String quiet(String text) {
    return "<p class=\"quiet\">" + Html.escape(text) + "</p>";
  }

  /** What a reader must know before the rest. */
  static String warning(String text) {
    return "<p class=\"warning\">" + Html.escape(text) + "</p>";
  }

  /** Text with its own lines. */
  static String pre(String text) {
    return "<pre tabindex=\"0\">" + Html.escape(text) + "</pre>";
  }

  String html() {
    return String.join("\n", parts) + "\n</main></body></html>";
  }
}
