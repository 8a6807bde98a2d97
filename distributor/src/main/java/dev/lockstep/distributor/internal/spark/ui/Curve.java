package dev.lockstep.distributor.internal.spark.ui;

import java.util.ArrayList;
import java.util.List;

/**
 * A curve that grows to the right. Of more than 256 points it keeps half, evenly; the newest one is
 * always there.
 *
 * @param gap how far apart points are at least, but for the newest
 * @param points the points, from left to right
 */
record Curve(double gap, List<Point> points) {
  static final Curve EMPTY = new Curve(0, List.of());

  private static final int MOST = 256;

  record Point(double x, double y) {}

  Curve {
    points = List.copyOf(points);
  }

  /**
   * With another point; none that is not a number. Points that are not left of it go: a training
   * that begins again at a checkpoint draws its curve from there.
   */
  Curve with(double x, double y) {
    if (!Double.isFinite(y)) {
      return this;
    }
    List<Point> kept = new ArrayList<>(points);
    while (!kept.isEmpty() && last(kept).x() >= x) {
      kept.remove(kept.size() - 1);
    }
    if (kept.size() > 1 && x - kept.get(kept.size() - 2).x() < gap) {
      kept.remove(kept.size() - 1);
    }
    kept.add(new Point(x, y));
    return kept.size() > MOST ? thinned(kept) : new Curve(gap, kept);
  }

  private static Curve thinned(List<Point> points) {
    Point newest = last(points);
    double wider = 2 * (newest.x() - points.get(0).x()) / MOST;
    List<Point> kept = new ArrayList<>();
    for (Point point : points) {
      if (kept.isEmpty() || point.x() - last(kept).x() >= wider) {
        kept.add(point);
      }
    }
    if (!last(kept).equals(newest)) {
      kept.add(newest);
    }
    return new Curve(wider, kept);
  }

  private static Point last(List<Point> points) {
    return points.get(points.size() - 1);
  }
}
