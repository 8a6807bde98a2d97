package dev.lockstep.models;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;

/**
 * {@code x W^T + b}, begun as PyTorch begins it: uniform within one over the root of the inputs.
 */
final class LinearLayer extends TabularBlock {
  private final Parameter weight;
  private final Parameter bias;

  LinearLayer(int inputs, int outputs) {
    Initial initial = new Initial.Uniform(1 / Math.sqrt(inputs));
    weight = parameter("weight", Parameter.Type.WEIGHT, initial, outputs, inputs);
    bias = parameter("bias", Parameter.Type.BIAS, initial, outputs);
  }

  /** From {@code [batch, inputs]} to {@code [batch, outputs]}. */
  @Override
  protected NDList compute(ParameterStore store, NDList inputs, boolean training) {
    NDArray x = inputs.singletonOrThrow();
    NDArray w = value(store, weight, x, training);
    return Linear.linear(x, w, value(store, bias, x, training));
  }
}
