package dev.lockstep.models;

import java.util.List;

/**
 * What a network is fed: {@code [batch, numeric]} float32 and {@code [batch, categorical]} int32.
 *
 * @param numeric number of numeric features, may be 0
 * @param edges for each numeric feature the strictly ascending edges of its bins, for encodings
 *     that want them; empty where they are not known
 * @param cardinalities number of indices of each categorical feature, those of missing and unseen
 *     values included; may be empty
 */
public record FeatureSchema(int numeric, List<List<Float>> edges, List<Integer> cardinalities) {
  /** Checks that there is something to learn from. */
  public FeatureSchema {
    edges = edges.stream().map(List::copyOf).toList();
    cardinalities = List.copyOf(cardinalities);
    if (numeric < 0 || numeric + cardinalities.size() == 0) {
      throw new IllegalArgumentException("a network needs at least one feature");
    }
    if (!edges.isEmpty() && edges.size() != numeric) {
      throw new IllegalArgumentException(
          "expected the edges of %d numeric features, got %d".formatted(numeric, edges.size()));
    }
    for (int j = 0; j < edges.size(); j++) {
      requireAscending(j, edges.get(j));
    }
    for (int size : cardinalities) {
      if (size < 1) {
        throw new IllegalArgumentException("a categorical feature needs at least one index");
      }
    }
  }

  private static void requireAscending(int feature, List<Float> edges) {
    for (int t = 0; t < edges.size(); t++) {
      if (!Float.isFinite(edges.get(t)) || (t > 0 && edges.get(t) <= edges.get(t - 1))) {
        throw new IllegalArgumentException(
            "the edges of numeric feature %d must be finite and ascend, but edge %d is %s"
                .formatted(feature, t, edges.get(t)));
      }
    }
  }

  /** A schema whose numeric features' bins are not known. */
  public FeatureSchema(int numeric, List<Integer> cardinalities) {
    this(numeric, List.of(), cardinalities);
  }

  /** Number of categorical features. */
  public int categorical() {
    return cardinalities.size();
  }
}
