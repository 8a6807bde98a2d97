package dev.lockstep.models.layers;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import dev.lockstep.models.Initial;
import dev.lockstep.models.Scalars;

/**
 * A linear layer in the neural tangent parametrisation (Jacot, Gabriel and Hongler, NeurIPS 2018):
 * {@code x W^T / sqrt(inputs) + b} with weights that begin at N(0, 1), as RealMLP uses it. Its
 * biases learn more slowly than its weights.
 */
public final class NtkLinear extends Layer {
  private final float scale;
  private final Parameter weight;
  private final Parameter bias;

  /**
   * From {@code inputs} values to {@code outputs}.
   *
   * @param biasRate factor of the biases' learning rate
   */
  public NtkLinear(int inputs, int outputs, double biasRate) {
    scale = 1 / (float) Math.sqrt(inputs);
    Initial normal = new Initial.Normal(1);
    weight = parameter("weight", Parameter.Type.WEIGHT, normal, outputs, inputs);
    Treatment slow = new Treatment(normal, biasRate);
    bias = parameter("bias", Parameter.Type.BIAS, slow, outputs);
  }

  /** From {@code [batch, inputs]} to {@code [batch, outputs]}. */
  @Override
  public NDArray apply(ParameterStore store, NDArray x, boolean training) {
    NDArray w = value(store, weight, x, training).mul(Scalars.like(x, scale));
    return Linear.linear(x, w, value(store, bias, x, training)).singletonOrThrow();
  }
}
