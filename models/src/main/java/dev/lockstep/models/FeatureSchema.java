package dev.lockstep.models;

import java.util.List;

/**
 * What a network is fed: {@code [batch, numeric]} float32 and {@code [batch, categorical]} int32.
 *
 * @param numeric number of numeric features, may be 0
 * @param cardinalities number of indices of each categorical feature, those of missing and unseen
 *     values included; may be empty
 */
public record FeatureSchema(int numeric, List<Integer> cardinalities) {
  /** Checks that there is something to learn from. */
  public FeatureSchema {
    cardinalities = List.copyOf(cardinalities);
    if (numeric < 0 || numeric + cardinalities.size() == 0) {
      throw new IllegalArgumentException("a network needs at least one feature");
    }
    for (int size : cardinalities) {
      if (size < 1) {
        throw new IllegalArgumentException("a categorical feature needs at least one index");
      }
    }
  }

  /** Number of categorical features. */
  public int categorical() {
    return cardinalities.size();
  }
}
