package dev.lockstep.models.layers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import dev.lockstep.models.FeatureSchema;
import dev.lockstep.models.Initial;
import dev.lockstep.models.TabularBlock;

/**
 * A vector for each feature of a row: numeric ones times a vector of their own, categorical ones by
 * lookup (Gorishniy et al., "Revisiting Deep Learning Models for Tabular Data", NeurIPS 2021). All
 * numeric features are one broadcast product, all categorical ones one lookup.
 */
public final class FeatureTokenizer extends TabularBlock {
  private final FeatureSchema schema;
  private final int width;
  private final Parameter numeric;
  private final Parameter bias;
  private final CategoryEmbedding categories;

  /**
   * Tokens of {@code width} values.
   *
   * @param sharded whether the rows of the categorical features are sharded over the ranks
   * @param initial where the vectors begin
   * @param biased whether each feature adds a vector that does not depend on its value
   */
  public FeatureTokenizer(
      FeatureSchema schema, boolean sharded, int width, Initial initial, boolean biased) {
    this.schema = schema;
    this.width = width;
    int n = schema.numeric();
    numeric = n > 0 ? parameter("numeric", Parameter.Type.OTHER, initial, n, width) : null;
    categories =
        schema.categorical() > 0
            ? addChildBlock(
                "categories",
                new CategoryEmbedding(EmbeddedFeatures.of(schema, sharded), width, initial))
            : null;
    bias = biased ? parameter("bias", Parameter.Type.BIAS, initial, tokens(), width) : null;
  }

  /** Number of tokens of a row. */
  public int tokens() {
    return schema.numeric() + schema.categorical();
  }

  /** From a network's inputs to {@code [batch, tokens, width]}, numeric features first. */
  public NDArray apply(ParameterStore store, NDList inputs, boolean training) {
    NDArray all = null;
    if (numeric != null) {
      NDArray x = inputs.get(0);
      all = x.reshape(new Shape(-1, schema.numeric(), 1)).mul(value(store, numeric, x, training));
    }
    if (categories != null) {
      NDArray embedded = categories.apply(store, inputs.get(1), training);
      all = all == null ? embedded : all.concat(embedded, 1);
    }
    return bias == null ? all : all.add(value(store, bias, all, training));
  }

  /** Number of values of all tokens of a row. */
  public int outputs() {
    return tokens() * width;
  }

  @Override
  protected NDList compute(ParameterStore store, NDList inputs, boolean training) {
    return new NDList(apply(store, inputs, training));
  }
}
