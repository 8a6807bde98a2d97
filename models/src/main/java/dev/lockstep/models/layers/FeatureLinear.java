package dev.lockstep.models.layers;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import dev.lockstep.models.Initial;

/**
 * A linear layer of its own for each feature (or member of an ensemble), by one batched product.
 */
public final class FeatureLinear extends Layer {
  private final Parameter weight;
  private final Parameter bias;

  /**
   * From {@code inputs} values of each feature to {@code outputs}, begun as PyTorch begins a linear
   * layer.
   */
  public FeatureLinear(int features, int inputs, int outputs) {
    this(features, inputs, outputs, 1.0);
  }

  /** As above, with a factor of the learning rate. */
  FeatureLinear(int features, int inputs, int outputs, double rateFactor) {
    Treatment treatment = new Treatment(new Initial.Uniform(1 / Math.sqrt(inputs)), rateFactor);
    weight = parameter("weight", Parameter.Type.WEIGHT, treatment, features, inputs, outputs);
    bias = parameter("bias", Parameter.Type.BIAS, treatment, features, 1, outputs);
  }

  /** From {@code [features, batch, inputs]} to {@code [features, batch, outputs]}. */
  @Override
  public NDArray apply(ParameterStore store, NDArray x, boolean training) {
    return x.batchMatMul(value(store, weight, x, training)).add(value(store, bias, x, training));
  }
}
