package dev.lockstep.evaluation.report;

import java.util.ArrayList;
import java.util.List;

/** Bars side by side, small enough for a cell of a table. */
final class SmallBars {
  private static final int WIDTH = 120;
  private static final int HEIGHT = 28;
  private static final double WIDEST = 16;
  private static final double GAP = 1;

  private final String title;
  private final double tallest;
  private final List<Double> heights = new ArrayList<>();

  /**
   * Bars.
   *
   * @param tallest the value of a bar as tall as the picture
   */
  SmallBars(String title, double tallest) {
    this.title = title;
    this.tallest = tallest > 0 ? tallest : 1;
  }

  SmallBars bars(List<Double> values) {
    heights.addAll(values);
    return this;
  }

  String svg() {
    StringBuilder svg = new StringBuilder(Svg.small(WIDTH, HEIGHT, title));
    double place = Math.min(WIDEST, WIDTH / (double) Math.max(1, heights.size()));
    for (int i = 0; i < heights.size(); i++) {
      double value = heights.get(i);
      // What is there at all can be seen.
      double height = value > 0 ? Math.max(1, value / tallest * (HEIGHT - 1)) : 0;
      svg.append(Svg.rect(i * place, HEIGHT - 1 - height, place - GAP, height));
    }
    return svg.append(Svg.line(0, HEIGHT - 0.5, WIDTH, HEIGHT - 0.5, "grid")) + "</svg>";
  }
}
