package dev.lockstep.models.layers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.training.ParameterStore;
import dev.lockstep.models.Initial;
import java.util.ArrayList;
import java.util.List;

/**
 * All categorical features as one vector: those of few indices one-hot, the others by embeddings.
 */
public final class Categories extends Layer {
  private final OneHot few;
  private final CategoryEmbedding many;
  private final Constant fewColumns;
  private final Constant manyColumns;
  private final boolean sharded;

  /**
   * For some features, at least one.
   *
   * @param oneHot largest cardinality that is one-hot; 0 for embeddings only
   * @param width width of an embedding
   * @param initial where embeddings begin
   */
  public Categories(EmbeddedFeatures features, int oneHot, int width, Initial initial) {
    List<Integer> cardinalities = features.cardinalities();
    List<Integer> small = new ArrayList<>();
    List<Integer> large = new ArrayList<>();
    for (int j = 0; j < cardinalities.size(); j++) {
      (cardinalities.get(j) <= oneHot ? small : large).add(j);
    }
    few = small.isEmpty() ? null : new OneHot(features.at(small).cardinalities());
    many = large.isEmpty() ? null : new CategoryEmbedding(features.at(large), width, initial);
    sharded = features.sharded();
    if (few != null) {
      addChildBlock("oneHot", few);
    }
    if (many != null) {
      addChildBlock("embedding", many);
    }
    fewColumns = constant(small.stream().mapToLong(Integer::longValue).toArray());
    manyColumns = constant(large.stream().mapToLong(Integer::longValue).toArray());
  }

  /** Number of values of a row. */
  public int outputs() {
    return (few == null ? 0 : few.outputs()) + (many == null ? 0 : many.outputs());
  }

  /** From {@code [batch, categorical]} int32 to {@code [batch, outputs]}. */
  @Override
  public NDArray apply(ParameterStore store, NDArray indices, boolean training) {
    if (many == null) {
      return few.apply(store, indices, training);
    }
    if (few == null) {
      return many.apply(store, indices, training).reshape(-1, many.outputs());
    }
    NDArray ones = few.apply(store, columns(indices, fewColumns), training);
    NDArray own = sharded ? indices : columns(indices, manyColumns);
    NDArray embedded = many.apply(store, own, training);
    return ones.concat(embedded.reshape(-1, many.outputs()), 1);
  }

  private static NDArray columns(NDArray indices, Constant columns) {
    return indices.get(new NDIndex(":, {}", columns.array()));
  }
}
