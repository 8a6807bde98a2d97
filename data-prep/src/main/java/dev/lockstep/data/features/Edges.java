package dev.lockstep.data.features;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Edges of a feature's bins. Plain quantiles fall together where many rows share a value, and leave
 * few bins for the others; so a value that fills a bin gets an edge of its own, and the rest of the
 * edges are quantiles of the rest of the rows.
 */
final class Edges {
  private static final int MOST = 49;
  private static final int MOST_HEAVY = 47;

  private Edges() {}

  /** At most 49 ascending edges of the values, from the least to the greatest. */
  static List<Float> of(float[] ascending) {
    TreeMap<Float, Integer> counts = new TreeMap<>();
    for (float value : ascending) {
      counts.merge(value + 0f, 1, Integer::sum); // -0 and 0 are one value.
    }
    if (counts.size() <= MOST) {
      return List.copyOf(counts.keySet());
    }
    TreeSet<Float> edges = new TreeSet<>();
    int left = ascending.length;
    boolean added = true;
    while (added && edges.size() < MOST_HEAVY) {
      added = false;
      double fill = left / (double) (MOST - edges.size());
      for (var entry : counts.entrySet()) {
        boolean heavy = entry.getValue() >= fill && !edges.contains(entry.getKey());
        if (heavy && edges.size() < MOST_HEAVY) {
          edges.add(entry.getKey());
          left -= entry.getValue();
          added = true;
        }
      }
    }
    List<Float> rest = new ArrayList<>();
    counts.forEach(
        (value, count) -> {
          for (int i = 0; i < count && !edges.contains(value); i++) {
            rest.add(value);
          }
        });
    edges.add(counts.firstKey());
    edges.add(counts.lastKey());
    int quantiles = MOST - edges.size();
    for (int i = 1; i <= quantiles && !rest.isEmpty(); i++) {
      edges.add(rest.get((int) ((long) i * (rest.size() - 1) / (quantiles + 1))));
    }
    return List.copyOf(edges);
  }
}
