package dev.lockstep.distributor.internal.spark.ui;

import dev.lockstep.data.Figures;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Curves over the epochs of a training, as an SVG picture. */
final class CurveChart {
  private static final int WIDTH = 480;
  private static final int HEIGHT = 260;
  private static final int LEFT = 62;
  private static final int RIGHT = 12;
  private static final int TOP = 28;
  private static final int BOTTOM = 52;
  private static final int LETTER = 8;
  private static final List<String> COLOURS = List.of("#0d6efd", "#d9480f");

  private final String title;
  private final int stepsPerEpoch;
  private final List<Line> lines = new ArrayList<>();

  private record Line(String name, Curve curve) {}

  /** Round numbers of an axis. */
  private record Axis(double from, double to, double gap) {
    static Axis of(double least, double most, int parts) {
      double span = most > least ? most - least : Math.max(Math.abs(most), 1) * 0.1;
      double unit = Math.pow(10, Math.floor(Math.log10(span / parts)));
      double gap = unit;
      for (double factor : new double[] {2, 5, 10}) {
        gap = span / gap > parts ? unit * factor : gap;
      }
      double from = Math.floor(least / gap) * gap;
      double to = Math.ceil(most / gap) * gap;
      return new Axis(from, to > from ? to : from + gap, gap);
    }

    private List<Double> ticks() {
      List<Double> ticks = new ArrayList<>();
      for (int i = 0; from + i * gap <= to + gap / 2; i++) {
        double tick = from + i * gap;
        ticks.add(Math.abs(tick) < gap * 1e-9 ? 0.0 : tick);
      }
      return ticks;
    }

    private double place(double value) {
      return (value - from) / (to - from);
    }

    private String label(double tick) {
      int digits = (int) Math.max(0, Math.ceil(-Math.log10(gap) - 1e-9));
      return digits > 5 ? String.format(Locale.ROOT, "%.1e", tick) : decimals(tick, digits);
    }

    private static String decimals(double tick, int digits) {
      return String.format(Locale.ROOT, "%,." + digits + "f", tick);
    }
  }

  /** A chart without curves. */
  CurveChart(String title, int stepsPerEpoch) {
    this.title = title;
    this.stepsPerEpoch = stepsPerEpoch;
  }

  CurveChart line(String name, Curve curve) {
    if (!curve.points().isEmpty()) {
      lines.add(new Line(name, curve));
    }
    return this;
  }

  /** The picture; empty if there is no curve. */
  String svg() {
    if (lines.isEmpty()) {
      return "";
    }
    Axis x = Axis.of(0, points().mapToDouble(Curve.Point::x).max().orElseThrow(), 6);
    Axis y =
        Axis.of(
            points().mapToDouble(Curve.Point::y).min().orElseThrow(),
            points().mapToDouble(Curve.Point::y).max().orElseThrow(),
            5);
    Markup svg = new Markup();
    svg.raw("<svg viewBox=\"0 0 %d %d\" role=\"img\" ".formatted(WIDTH, HEIGHT));
    svg.raw("style=\"width:100%;max-width:640px;font-size:14px\" fill=\"currentColor\">");
    svg.add("<title>%s</title><desc>%s</desc>", title, description());
    y.ticks().forEach(tick -> horizontal(svg, y, tick));
    x.ticks().stream().filter(t -> t <= x.to()).forEach(tick -> below(svg, x, tick));
    text(svg, LEFT, HEIGHT - 4, "start", "epoch, and step below it");
    for (int i = 0; i < lines.size(); i++) {
      draw(svg, lines.get(i), COLOURS.get(i), x, y);
    }
    legend(svg);
    return svg.raw("</svg>").html();
  }

  private Stream<Curve.Point> points() {
    return lines.stream().flatMap(line -> line.curve().points().stream());
  }

  /** What the picture shows, for those who do not see it. */
  private String description() {
    return lines.stream()
        .map(
            line -> {
              List<Curve.Point> points = line.curve().points();
              Curve.Point last = points.get(points.size() - 1);
              return "%s: %s at first, %s at epoch %s"
                  .formatted(
                      line.name(),
                      Figures.of(points.get(0).y()),
                      Figures.of(last.y()),
                      Figures.compact(last.x()));
            })
        .collect(Collectors.joining("; "));
  }

  private static double across(Axis axis, double value) {
    return LEFT + axis.place(value) * (WIDTH - LEFT - RIGHT);
  }

  private static double up(Axis axis, double value) {
    return HEIGHT - BOTTOM - axis.place(value) * (HEIGHT - TOP - BOTTOM);
  }

  private static void horizontal(Markup svg, Axis axis, double tick) {
    double y = up(axis, tick);
    svg.raw(
        String.format(
            Locale.ROOT,
            "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"currentColor\" opacity=\"0.2\"/>",
            LEFT,
            WIDTH - RIGHT,
            y,
            y));
    text(svg, LEFT - 6, y + 5, "end", axis.label(tick));
  }

  private void below(Markup svg, Axis axis, double tick) {
    String anchor = tick == axis.ticks().get(axis.ticks().size() - 1) ? "end" : "middle";
    double x = across(axis, tick) + (anchor.equals("end") ? RIGHT : 0);
    text(svg, x, HEIGHT - BOTTOM + 17, anchor, axis.label(tick));
    if (stepsPerEpoch > 0) {
      text(svg, x, HEIGHT - BOTTOM + 33, anchor, Figures.compact(tick * stepsPerEpoch));
    }
  }

  private static void draw(Markup svg, Line line, String colour, Axis x, Axis y) {
    List<Curve.Point> points = line.curve().points();
    String path =
        points.stream()
            .map(p -> String.format(Locale.ROOT, "%.1f,%.1f", across(x, p.x()), up(y, p.y())))
            .collect(Collectors.joining(" "));
    svg.raw(
        "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" points=\"%s\"/>"
            .formatted(colour, path));
    Curve.Point last = points.get(points.size() - 1);
    svg.raw(
        String.format(
            Locale.ROOT,
            "<circle fill=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>",
            colour,
            across(x, last.x()),
            up(y, last.y())));
  }

  private void legend(Markup svg) {
    double x = LEFT;
    for (int i = 0; i < lines.size(); i++) {
      svg.raw(
          String.format(
              Locale.ROOT,
              "<rect fill=\"%s\" x=\"%.1f\" y=\"7\" width=\"12\" height=\"12\"/>",
              COLOURS.get(i),
              x));
      text(svg, x + 17, 18, "start", lines.get(i).name());
      x += 17 + LETTER * (lines.get(i).name().length() + 2);
    }
  }

  private static void text(Markup svg, double x, double y, String anchor, String text) {
    svg.raw(
        String.format(
            Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor));
    svg.add("%s</text>", text);
  }
}
