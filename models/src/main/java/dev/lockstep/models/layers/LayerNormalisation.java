package dev.lockstep.models.layers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.training.ParameterStore;
import dev.lockstep.models.Initial;

/** Layer normalisation (Ba, Kiros and Hinton, 2016) of the last axis. */
public final class LayerNormalisation extends Layer {
  private static final float EPSILON = 1e-5f;

  private final Shape last;
  private final Parameter gamma;
  private final Parameter beta;

  /** Normalises {@code width} values. */
  public LayerNormalisation(int width) {
    last = new Shape(width);
    gamma = parameter("gamma", Parameter.Type.GAMMA, new Initial.Constant(1), width);
    beta = parameter("beta", Parameter.Type.BETA, new Initial.Constant(0), width);
  }

  /** From {@code [batch, ..., width]} to the same shape. */
  @Override
  public NDArray apply(ParameterStore store, NDArray x, boolean training) {
    NDArray scale = value(store, gamma, x, training);
    NDArray shift = value(store, beta, x, training);
    return LayerNorm.layerNorm(x, last, scale, shift, EPSILON).singletonOrThrow();
  }
}
