package dev.lockstep.evaluation.report;

import dev.lockstep.data.Figures;
import dev.lockstep.evaluation.metrics.CalibrationPoint;
import dev.lockstep.evaluation.metrics.CurvePoint;
import dev.lockstep.evaluation.result.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A small line chart as SVG that takes its colours from the page. */
final class Chart {
  private static final int WIDTH = 420;
  private static final int HEIGHT = 300;
  private static final int LEFT = 52;
  private static final int BOTTOM = 42;
  private static final int MARGIN = 14;
  private static final int TICKS = 5;

  private final String title;
  private final String across;
  private final String up;
  private final List<Series> series = new ArrayList<>();
  private boolean diagonal;

  /** A line. */
  private record Series(String name, List<CurvePoint> points, boolean dotted, List<Long> rows) {}

  Chart(String title, String across, String up) {
    this.title = title;
    this.across = across;
    this.up = up;
  }

  Chart line(String name, List<CurvePoint> points) {
    series.add(new Series(name, finite(points), false, List.of()));
    return this;
  }

  Chart dots(String name, List<CurvePoint> points) {
    series.add(new Series(name, finite(points), true, List.of()));
    return this;
  }

  /** Points with the number of rows that each stands for, beside it. */
  Chart counted(String name, List<CalibrationPoint> points) {
    List<CurvePoint> places = points.stream().map(p -> new CurvePoint(p.x(), p.y())).toList();
    series.add(
        new Series(name, places, true, points.stream().map(CalibrationPoint::rows).toList()));
    return this;
  }

  /** Shows the line on which across and up are equal, on axes from 0 to 1. */
  Chart withDiagonal() {
    diagonal = true;
    return this;
  }

  private static List<CurvePoint> finite(List<CurvePoint> points) {
    return points.stream().filter(p -> Double.isFinite(p.x()) && Double.isFinite(p.y())).toList();
  }

  String svg() {
    Range x = diagonal ? new Range(0, 1) : range(true);
    Range y = diagonal ? new Range(0, 1) : range(false);
    StringBuilder svg = new StringBuilder();
    svg.append(Svg.figure(WIDTH, HEIGHT, title, description()));
    for (int tick = 0; tick <= TICKS; tick++) {
      double share = tick / (double) TICKS;
      double px = LEFT + share * (WIDTH - LEFT - MARGIN);
      double py = HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - MARGIN);
      svg.append(Svg.line(LEFT, py, WIDTH - MARGIN, py, "grid"));
      svg.append(Svg.text(LEFT - 6, py + 4, "end", y.label(share)));
      svg.append(Svg.text(px, HEIGHT - BOTTOM + 16, "middle", x.label(share)));
    }
    svg.append(Svg.text((LEFT + WIDTH) / 2.0, HEIGHT - 6, "middle", across));
    svg.append(
        "<text class=\"axis\" text-anchor=\"middle\" transform=\"translate(12,%d) rotate(-90)\">%s</text>"
            .formatted((HEIGHT - BOTTOM) / 2, Html.escape(up)));
    if (diagonal) {
      svg.append(Svg.line(px(0, x), py(0, y), px(1, x), py(1, y), "diagonal"));
    }
    for (int i = 0; i < series.size(); i++) {
      svg.append(drawn(series.get(i), i, x, y));
    }
    svg.append("</svg><figcaption>").append(Html.escape(title)).append("<br/>");
    for (int i = 0; i < series.size(); i++) {
      svg.append(
          "<span class=\"entry\"><span class=\"key s%d\" aria-hidden=\"true\"></span>%s</span> "
              .formatted(i % 6, Html.escape(series.get(i).name())));
    }
    return svg.append("</figcaption></figure>").toString();
  }

  private String description() {
    StringBuilder text = new StringBuilder(up + " over " + across + ".");
    for (Series s : series) {
      if (!s.points().isEmpty()) {
        CurvePoint last = s.points().get(s.points().size() - 1);
        text.append(
            String.format(
                Locale.ROOT, " %s ends at %s, %s.", s.name(), label(last.x()), label(last.y())));
      }
    }
    return text.toString();
  }

  private String drawn(Series s, int index, Range x, Range y) {
    StringBuilder svg = new StringBuilder();
    StringBuilder path = new StringBuilder();
    for (CurvePoint point : s.points()) {
      path.append(
          String.format(
              Locale.ROOT,
              "%s%.1f %.1f",
              path.isEmpty() ? "M" : "L",
              px(point.x(), x),
              py(point.y(), y)));
      if (s.dotted()) {
        svg.append(Svg.circle(px(point.x(), x), py(point.y(), y), index));
      }
    }
    for (int i = 0; i < s.rows().size(); i++) {
      CurvePoint point = s.points().get(i);
      String rows = Words.count((double) s.rows().get(i));
      svg.append(Svg.count(px(point.x(), x) + 6, py(point.y(), y) + 12, rows, index));
    }
    return svg + "<path class=\"s%d\" d=\"%s\"/>".formatted(index % 6, path);
  }

  private Range range(boolean horizontal) {
    double least = Double.POSITIVE_INFINITY;
    double greatest = Double.NEGATIVE_INFINITY;
    for (Series s : series) {
      for (CurvePoint point : s.points()) {
        double value = horizontal ? point.x() : point.y();
        least = Math.min(least, value);
        greatest = Math.max(greatest, value);
      }
    }
    double around = Math.max(Math.abs(least), 1); // A large number's neighbours are far away.
    return least < greatest
        ? new Range(least, greatest)
        : new Range(least - around, least + around);
  }

  /** An axis. */
  private record Range(double from, double to) {
    double at(double share) {
      return from + share * (to - from);
    }

    String label(double share) {
      return Svg.label(at(share), to - from);
    }

    double share(double value) {
      return (value - from) / (to - from);
    }
  }

  private static double px(double value, Range x) {
    return LEFT + x.share(value) * (WIDTH - LEFT - MARGIN);
  }

  private static double py(double value, Range y) {
    return HEIGHT - BOTTOM - y.share(value) * (HEIGHT - BOTTOM - MARGIN);
  }

  private static String label(double value) {
    return Figures.of(value, Math.abs(value) >= 10 ? 0 : 2);
  }
}
