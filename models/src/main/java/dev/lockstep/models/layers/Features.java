package dev.lockstep.models.layers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.training.ParameterStore;
import dev.lockstep.models.TabularBlock;
import java.util.Optional;

/** A row's numeric and categorical features as one vector, for networks that want one. */
public final class Features extends TabularBlock {
  private final int numeric;
  private final NumericEmbedding embedding;
  private final Categories categories;

  /**
   * The vector of a row.
   *
   * @param numeric number of numeric features
   * @param embedding of the numeric features; empty to take them as they are
   * @param categories of the categorical features; empty where there are none
   */
  public Features(
      int numeric, Optional<NumericEmbedding> embedding, Optional<Categories> categories) {
    this.numeric = numeric;
    this.embedding = numeric > 0 ? embedding.orElse(null) : null;
    this.categories = categories.orElse(null);
    if (this.embedding != null) {
      addChildBlock("numeric", this.embedding);
    }
    if (this.categories != null) {
      addChildBlock("categories", this.categories);
    }
  }

  /** Number of values of a row. */
  public int outputs() {
    return (embedding == null ? numeric : embedding.outputs())
        + (categories == null ? 0 : categories.outputs());
  }

  /** From a network's inputs to {@code [batch, outputs]}. */
  public NDArray apply(ParameterStore store, NDList inputs, boolean training) {
    NDArray x = inputs.get(0);
    if (embedding != null) {
      x = embedding.apply(store, x, training).reshape(-1, embedding.outputs());
    }
    if (categories == null) {
      return x;
    }
    NDArray c = categories.apply(store, inputs.get(1), training);
    return numeric == 0 ? c : x.concat(c, 1);
  }

  @Override
  protected NDList compute(ParameterStore store, NDList inputs, boolean training) {
    return new NDList(apply(store, inputs, training));
  }
}
