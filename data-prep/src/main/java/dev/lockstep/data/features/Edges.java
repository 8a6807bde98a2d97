package dev.lockstep.data.features;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;

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
    float[] distinct = new float[ascending.length];
    int[] counts = new int[ascending.length];
    int size = 0;
    for (float value : ascending) {
      if (size == 0 || distinct[size - 1] != value) { // -0 and 0 are one value.
        distinct[size++] = value + 0f;
      }
      counts[size - 1]++;
    }
    if (size <= MOST) {
      return listed(Arrays.copyOf(distinct, size));
    }
    boolean[] heavy = heavy(counts, size, ascending.length);
    TreeSet<Float> edges = new TreeSet<>(List.of(distinct[0], distinct[size - 1]));
    float[] rest = new float[ascending.length];
    int left = 0;
    for (int i = 0; i < size; i++) {
      if (heavy[i]) {
        edges.add(distinct[i]);
      } else {
        Arrays.fill(rest, left, left + counts[i], distinct[i]);
        left += counts[i];
      }
    }
    int quantiles = MOST - edges.size();
    for (int i = 1; i <= quantiles && left > 0; i++) {
      edges.add(rest[(int) ((long) i * (left - 1) / (quantiles + 1))]);
    }
    return List.copyOf(edges);
  }

  /** Which values fill a bin; with each that does, the bins of the others become smaller. */
  private static boolean[] heavy(int[] counts, int size, int rows) {
    boolean[] heavy = new boolean[size];
    int found = 0;
    int left = rows;
    boolean added = true;
    while (added) {
      added = false;
      double fill = left / (double) (MOST - found);
      for (int i = 0; i < size && found < MOST_HEAVY; i++) {
        if (!heavy[i] && counts[i] >= fill) {
          heavy[i] = true;
          found++;
          left -= counts[i];
          added = true;
        }
      }
    }
    return heavy;
  }

  private static List<Float> listed(float[] values) {
    List<Float> list = new ArrayList<>(values.length);
    IntStream.range(0, values.length).forEach(i -> list.add(values[i]));
    return List.copyOf(list);
  }
}
