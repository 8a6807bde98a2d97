package dev.lockstep.models.layers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.training.ParameterStore;
import dev.lockstep.models.Initial;
import dev.lockstep.models.TabularBlock;

/** A linear model of numeric features and of categories, one-hot in effect, by lookup in fact. */
public final class FirstOrder extends TabularBlock {
  private final LinearLayer numeric;
  private final CategoryEmbedding categories;

  /** The linear model of so many numeric features and of categorical ones; not both none. */
  public FirstOrder(int numeric, EmbeddedFeatures features, int outputs) {
    this.numeric = numeric > 0 ? addChildBlock("numeric", new LinearLayer(numeric, outputs)) : null;
    this.categories =
        features.size() == 0
            ? null
            : addChildBlock(
                "categories", new CategoryEmbedding(features, outputs, new Initial.Constant(0)));
  }

  /** From {@code [batch, numeric]} and {@code [batch, categorical]} to {@code [batch, outputs]}. */
  public NDArray apply(ParameterStore store, NDArray x, NDArray indices, boolean training) {
    if (categories == null) {
      return numeric.apply(store, x, training);
    }
    NDArray c = categories.apply(store, indices, training).sum(new int[] {1});
    return numeric == null ? c : c.add(numeric.apply(store, x, training));
  }

  @Override
  protected NDList compute(ParameterStore store, NDList inputs, boolean training) {
    return new NDList(apply(store, inputs.get(0), inputs.get(1), training));
  }
}
