package dev.lockstep.evaluation.report;

import java.util.Locale;

/** Parts of pictures. */
final class Svg {
  private static final int MOST_DIGITS = 6;
  private static final double MOST_LENGTH = 1e9;

  private Svg() {}

  static String line(double x1, double y1, double x2, double y2, String kind) {
    return String.format(
        Locale.ROOT,
        "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>",
        kind,
        x1,
        y1,
        x2,
        y2);
  }

  static String text(double x, double y, String anchor, String text) {
    return String.format(
        Locale.ROOT,
        "<text class=\"axis\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>",
        x,
        y,
        anchor,
        Html.escape(text));
  }

  /** A number beside a point, in its colour. */
  static String count(double x, double y, String text, int colour) {
    return String.format(
        Locale.ROOT,
        "<text class=\"count t%d\" x=\"%.1f\" y=\"%.1f\">%s</text>",
        colour % 6,
        x,
        y,
        Html.escape(text));
  }

  static String circle(double x, double y, int colour) {
    return circle(x, y, "s" + colour % 6);
  }

  static String circle(double x, double y, String kind) {
    return String.format(
        Locale.ROOT, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"/>", kind, x, y);
  }

  static String rect(double x, double y, double width, double height) {
    return String.format(
        Locale.ROOT,
        "<rect class=\"s0\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
        x,
        y,
        width,
        height);
  }

  /** The opening of a picture for a cell of a table. */
  static String small(int width, int height, String title) {
    return "<svg class=\"small\" viewBox=\"0 0 %d %d\" role=\"img\"><title>%s</title>"
        .formatted(width, height, Html.escape(title));
  }

  /** The opening of a figure whose picture has a title and a description. */
  static String figure(int width, int height, String title, String description) {
    return "<figure><svg viewBox=\"0 0 %d %d\" role=\"img\"><title>%s</title><desc>%s</desc>"
        .formatted(width, height, Html.escape(title), Html.escape(description));
  }

  /** A number on an axis that is so long: as many digits as tell the ticks apart. */
  static String label(double value, double length) {
    int digits = (int) Math.max(0, Math.ceil(1 - Math.log10(length)));
    if (digits > MOST_DIGITS || length >= MOST_LENGTH) {
      // What rounding left of 0 is 0.
      return Math.abs(value) < length * 1e-9 ? "0" : String.format(Locale.ROOT, "%.2e", value);
    }
    return String.format(Locale.ROOT, "%." + (length > 4 ? 0 : digits) + "f", value);
  }
}
