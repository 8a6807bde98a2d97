package dev.lockstep.models.layers;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import dev.lockstep.models.Initial;

/**
 * A trained factor for each input, which soon tells features that matter from those that do not
 * (RealMLP's scaling layer).
 */
public final class FeatureScale extends Layer {
  private final Parameter factor;

  /**
   * Factors of {@code features} inputs, 1 at first.
   *
   * @param rateFactor factor of their learning rate
   */
  public FeatureScale(int features, double rateFactor) {
    Treatment treatment = new Treatment(new Initial.Constant(1), rateFactor);
    factor = parameter("factor", Parameter.Type.OTHER, treatment, features);
  }

  /** From {@code [batch, features]} to the same shape. */
  @Override
  public NDArray apply(ParameterStore store, NDArray x, boolean training) {
    return x.mul(value(store, factor, x, training));
  }
}
