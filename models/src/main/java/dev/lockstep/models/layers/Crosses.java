package dev.lockstep.models.layers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.training.ParameterStore;
import java.util.ArrayList;
import java.util.List;

/** Pairs of categorical features as features of their own (Wide and Deep's crossed columns). */
public final class Crosses extends Layer {
  private final List<Integer> cardinalities = new ArrayList<>();
  private final Constant left;
  private final Constant right;
  private final Constant factors;

  /**
   * Crosses all pairs whose indices are not too many.
   *
   * @param cardinalities of the features
   * @param most largest number of indices of a cross
   */
  public Crosses(List<Integer> cardinalities, int most) {
    List<Integer> lefts = new ArrayList<>();
    List<Integer> rights = new ArrayList<>();
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < cardinalities.size(); i++) {
      for (int j = i + 1; j < cardinalities.size(); j++) {
        long indices = (long) cardinalities.get(i) * cardinalities.get(j);
        if (indices <= most) {
          lefts.add(i);
          rights.add(j);
          sizes.add(cardinalities.get(j));
          this.cardinalities.add((int) indices);
        }
      }
    }
    left = constant(longs(lefts));
    right = constant(longs(rights));
    factors = constant(sizes.stream().mapToInt(Integer::intValue).toArray());
  }

  private static long[] longs(List<Integer> values) {
    return values.stream().mapToLong(Integer::longValue).toArray();
  }

  /** Number of indices of each cross; empty where none is small enough. */
  public List<Integer> cardinalities() {
    return List.copyOf(cardinalities);
  }

  /** From {@code [batch, categorical]} int32 to {@code [batch, crosses]} int32. */
  @Override
  public NDArray apply(ParameterStore store, NDArray indices, boolean training) {
    NDArray first = indices.get(new NDIndex(":, {}", left.array()));
    NDArray second = indices.get(new NDIndex(":, {}", right.array()));
    return first.mul(factors.array()).add(second);
  }
}
