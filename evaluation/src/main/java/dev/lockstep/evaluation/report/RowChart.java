package dev.lockstep.evaluation.report;

import dev.lockstep.evaluation.result.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/** A row for each name, with dots, an interval or a bar on one axis. */
final class RowChart {
  private static final int WIDTH = 420;
  private static final int LEFT = 136;
  private static final int RIGHT = 18;
  private static final int TOP = 10;
  private static final int ROW = 24;
  private static final int BOTTOM = 40;
  private static final int TICKS = 4;
  private static final int LONGEST = 20;
  private static final double SMALLEST = 1e-9;

  private final String title;
  private final String axis;
  private final boolean zero;
  private final List<Entry> entries = new ArrayList<>();

  /** What is shown of a name: dots, and a line from one value to another. */
  private record Entry(
      String name, List<Double> dots, double from, double to, boolean bar, Optional<String> kind) {
    DoubleStream values() {
      return DoubleStream.concat(
              dots.stream().mapToDouble(Double::doubleValue), DoubleStream.of(from, to))
          .filter(Double::isFinite);
    }
  }

  /**
   * A chart.
   *
   * @param zero whether zero has a place on the axis, and a line
   */
  RowChart(String title, String axis, boolean zero) {
    this.title = title;
    this.axis = axis;
    this.zero = zero;
  }

  RowChart dots(String name, List<Double> values) {
    List<Double> finite = values.stream().filter(Double::isFinite).toList();
    entries.add(new Entry(name, finite, Double.NaN, Double.NaN, false, Optional.empty()));
    return this;
  }

  RowChart interval(String name, double middle, double low, double high) {
    entries.add(new Entry(name, List.of(middle), low, high, false, Optional.empty()));
    return this;
  }

  /**
   * An interval with a meaning.
   *
   * @param kind {@code won}, {@code lost} or {@code open}
   */
  RowChart interval(String name, double middle, double low, double high, String kind) {
    entries.add(new Entry(name, List.of(middle), low, high, false, Optional.of(kind)));
    return this;
  }

  RowChart bar(String name, double value) {
    entries.add(new Entry(name, List.of(), 0, value, true, Optional.empty()));
    return this;
  }

  String svg() {
    double least = values().min().orElse(0);
    double most = values().max().orElse(1);
    double margin = most > least ? (most - least) * 0.05 : Math.max(Math.abs(most), 1) * SMALLEST;
    double from = least - margin;
    double length = most + margin - from;
    int bottom = TOP + ROW * entries.size();
    StringBuilder svg = new StringBuilder(Svg.figure(WIDTH, bottom + BOTTOM, title, description()));
    for (int tick = 0; tick <= TICKS; tick++) {
      double value = from + tick * length / TICKS;
      double x = x(value, from, length);
      svg.append(Svg.line(x, TOP, x, bottom, "grid"));
      svg.append(Svg.text(x, bottom + 16, "middle", Svg.label(value, length)));
    }
    if (zero) {
      svg.append(Svg.line(x(0, from, length), TOP, x(0, from, length), bottom, "diagonal"));
    }
    for (int i = 0; i < entries.size(); i++) {
      svg.append(drawn(entries.get(i), i, from, length));
    }
    svg.append(Svg.text((LEFT + WIDTH - RIGHT) / 2.0, bottom + 34, "middle", axis));
    return svg + "</svg><figcaption>" + Html.escape(title) + "</figcaption></figure>";
  }

  private DoubleStream values() {
    DoubleStream all = entries.stream().flatMapToDouble(Entry::values);
    return zero ? DoubleStream.concat(all, DoubleStream.of(0)) : all;
  }

  private String drawn(Entry entry, int index, double from, double length) {
    double y = TOP + ROW * (index + 0.5);
    String name = entry.name();
    String colour = entry.kind().orElse("s" + (entry.bar() ? 0 : index % 6));
    StringBuilder svg = new StringBuilder();
    String shown = name.length() > LONGEST ? name.substring(0, LONGEST - 1) + "…" : name;
    svg.append(Svg.text(LEFT - 8, y + 4, "end", shown));
    if (Double.isFinite(entry.from()) && Double.isFinite(entry.to())) {
      String line = (entry.bar() ? "bar " : "span ") + colour;
      svg.append(Svg.line(x(entry.from(), from, length), y, x(entry.to(), from, length), y, line));
    }
    entry.dots().forEach(dot -> svg.append(Svg.circle(x(dot, from, length), y, colour)));
    return svg.toString();
  }

  private static double x(double value, double from, double length) {
    return LEFT + (value - from) / length * (WIDTH - LEFT - RIGHT);
  }

  private String description() {
    return entries.stream()
        .map(
            e ->
                e.name()
                    + ": "
                    + e.values()
                        .filter(v -> !e.bar() || v != 0)
                        .mapToObj(Words::number)
                        .collect(Collectors.joining(", ")))
        .collect(Collectors.joining("; ", axis + ". ", "."));
  }
}
