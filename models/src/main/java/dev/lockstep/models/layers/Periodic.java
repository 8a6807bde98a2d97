package dev.lockstep.models.layers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import dev.lockstep.models.Initial;

/**
 * "PLR" (Gorishniy et al., NeurIPS 2022, section 3.3): cosines and sines of the value times trained
 * frequencies of its own, then a linear layer for each feature and ReLU.
 */
public final class Periodic extends NumericEmbedding {
  private final Parameter frequency;
  private final FeatureLinear linear;

  /**
   * Embeddings of {@code width} values for each of some features.
   *
   * @param frequencies frequencies of a feature
   * @param sigma standard deviation of the frequencies at first; what matters most
   */
  public Periodic(int features, int frequencies, double sigma, int width) {
    super(features, width);
    frequency =
        parameter(
            "frequency",
            Parameter.Type.OTHER,
            new Initial.Normal(2 * Math.PI * sigma),
            features,
            1,
            frequencies);
    linear = addChildBlock("linear", new FeatureLinear(features, 2 * frequencies, width));
  }

  @Override
  public NDArray apply(ParameterStore store, NDArray x, boolean training) {
    NDArray column = x.transpose().reshape(new Shape(x.getShape().get(1), -1, 1));
    NDArray angle = column.mul(value(store, frequency, x, training));
    NDArray waves = angle.cos().concat(angle.sin(), 2);
    return Activation.relu(linear.apply(store, waves, training)).transpose(1, 0, 2);
  }
}
