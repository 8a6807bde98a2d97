package dev.lockstep.models.layers;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import dev.lockstep.models.Initial;

/**
 * {@code x W^T + b}, begun as PyTorch begins it: uniform within one over the root of the inputs.
 */
public final class LinearLayer extends Layer {
  private final Parameter weight;
  private final Parameter bias;

  /** From {@code inputs} values to {@code outputs}. */
  public LinearLayer(int inputs, int outputs) {
    this(inputs, outputs, true);
  }

  private LinearLayer(int inputs, int outputs, boolean biased) {
    Initial initial = new Initial.Uniform(1 / Math.sqrt(inputs));
    weight = parameter("weight", Parameter.Type.WEIGHT, initial, outputs, inputs);
    bias = biased ? parameter("bias", Parameter.Type.BIAS, initial, outputs) : null;
  }

  /** The product alone. */
  public static LinearLayer withoutBias(int inputs, int outputs) {
    return new LinearLayer(inputs, outputs, false);
  }

  /** From {@code [batch, ..., inputs]} to {@code [batch, ..., outputs]}. */
  @Override
  public NDArray apply(ParameterStore store, NDArray x, boolean training) {
    NDArray w = value(store, weight, x, training);
    NDArray b = bias == null ? null : value(store, bias, x, training);
    return Linear.linear(x, w, b).singletonOrThrow();
  }
}
