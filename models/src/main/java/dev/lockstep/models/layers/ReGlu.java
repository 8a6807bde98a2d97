package dev.lockstep.models.layers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Activation;
import ai.djl.training.ParameterStore;

/**
 * A feed-forward layer with the gate {@code a * relu(b)} (Shazeer, "GLU Variants Improve
 * Transformer", 2020).
 */
public final class ReGlu extends Layer {
  private final double dropout;
  private final LinearLayer in;
  private final LinearLayer out;

  /** From {@code width} values by {@code hidden} gated ones back to {@code width}. */
  public ReGlu(int width, int hidden, double dropout) {
    this.dropout = dropout;
    in = addChildBlock("in", new LinearLayer(width, 2 * hidden));
    out = addChildBlock("out", new LinearLayer(hidden, width));
  }

  /** From {@code [batch, tokens, width]} to the same shape. */
  @Override
  public NDArray apply(ParameterStore store, NDArray x, boolean training) {
    NDList halves = in.apply(store, x, training).split(2, 2);
    NDArray gated = halves.get(0).mul(Activation.relu(halves.get(1)));
    return out.apply(store, Dropout.apply(store, gated, dropout, training), training);
  }
}
