package dev.lockstep.models.layers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import dev.lockstep.models.Scalars;
import dev.lockstep.models.TabularBlock;

/**
 * Multi-head attention (Vaswani et al., NeurIPS 2017) by two batched products over all rows and
 * heads. libtorch's fused attention is of no use here: its dropout draws from the process's own
 * random numbers, which ranks share.
 */
public final class Attention extends TabularBlock {
  private final int width;
  private final int heads;
  private final double dropout;
  private final LinearLayer query;
  private final LinearLayer keyValue;
  private final LinearLayer output;

  /**
   * Attention of tokens of {@code width} values.
   *
   * @param heads divides the width
   * @param dropout rate of the attention's probabilities
   */
  public Attention(int width, int heads, double dropout) {
    if (width % heads != 0) {
      throw new IllegalArgumentException(
          "the width %d of a token must be a multiple of the number of heads, %d"
              .formatted(width, heads));
    }
    this.width = width;
    this.heads = heads;
    this.dropout = dropout;
    query = addChildBlock("query", new LinearLayer(width, width));
    keyValue = addChildBlock("keyValue", new LinearLayer(width, 2 * width));
    output = addChildBlock("output", new LinearLayer(width, width));
  }

  /**
   * What the asking tokens find in the others.
   *
   * @param asking {@code [batch, asking, width]}
   * @param tokens {@code [batch, tokens, width]}
   * @return {@code [batch, asking, width]}
   */
  public NDArray apply(ParameterStore store, NDArray asking, NDArray tokens, boolean training) {
    long batch = asking.getShape().get(0);
    long q = asking.getShape().get(1);
    long t = tokens.getShape().get(1);
    long each = width / heads;
    // The scale goes to the queries, the smallest of the arrays.
    NDArray scale = Scalars.like(asking, 1 / (float) Math.sqrt((double) each));
    NDArray queries =
        query
            .apply(store, asking, training)
            .mul(scale)
            .reshape(batch, q, heads, each)
            .transpose(0, 2, 1, 3)
            .reshape(batch * heads, q, each);
    NDArray keysValues = keyValue.apply(store, tokens, training).reshape(batch, t, 2, heads, each);
    NDList both = keysValues.transpose(2, 0, 3, 1, 4).reshape(2, batch * heads, t, each).split(2);
    NDArray keys = both.get(0).reshape(batch * heads, t, each);
    NDArray values = both.get(1).reshape(batch * heads, t, each);
    NDArray shares = queries.batchMatMul(keys.transpose(0, 2, 1)).softmax(2);
    if (training && dropout > 0) {
      // The mask wants the rows of the batch as its first axis.
      NDArray byRow = shares.reshape(batch, heads * q * t);
      shares = Dropout.apply(store, byRow, dropout, true).reshape(new Shape(-1, q, t));
    }
    NDArray found = shares.batchMatMul(values).reshape(batch, heads, q, each);
    return output.apply(store, found.transpose(0, 2, 1, 3).reshape(batch, q, width), training);
  }

  /** Self-attention. */
  @Override
  protected NDList compute(ParameterStore store, NDList inputs, boolean training) {
    NDArray tokens = inputs.singletonOrThrow();
    return new NDList(apply(store, tokens, tokens, training));
  }
}
