package dev.lockstep.models.layers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import dev.lockstep.models.Initial;

/**
 * "Periodic bias linear DenseNet" (Holzmueller, Grinsztajn and Steinwart, "Better by Default:
 * Strong Pre-Tuned MLPs and Boosted Trees on Tabular Data", NeurIPS 2024): cosines with trained
 * frequency and phase, a linear layer for each feature, and the value itself beside it.
 */
public final class Pbld extends NumericEmbedding {
  private final Parameter frequency;
  private final Parameter phase;
  private final FeatureLinear linear;

  /**
   * Embeddings of {@code width} values for each of some features, the last being the feature.
   *
   * @param frequencies frequencies of a feature
   * @param sigma standard deviation of the frequencies at first
   * @param width at least 2
   * @param rateFactor factor of the learning rate of the embedding's parameters
   */
  public Pbld(int features, int frequencies, double sigma, int width, double rateFactor) {
    super(features, width);
    frequency =
        parameter(
            "frequency",
            Parameter.Type.OTHER,
            new Treatment(new Initial.Normal(2 * Math.PI * sigma), rateFactor),
            features,
            1,
            frequencies);
    phase =
        parameter(
            "phase",
            Parameter.Type.BIAS,
            new Treatment(new Initial.Uniform(Math.PI), rateFactor),
            features,
            1,
            frequencies);
    linear =
        addChildBlock("linear", new FeatureLinear(features, frequencies, width - 1, rateFactor));
  }

  @Override
  public NDArray apply(ParameterStore store, NDArray x, boolean training) {
    NDArray column = x.transpose().reshape(new Shape(x.getShape().get(1), -1, 1));
    NDArray angle = column.mul(value(store, frequency, x, training));
    NDArray waves = angle.add(value(store, phase, x, training)).cos();
    return linear.apply(store, waves, training).concat(column, 2).transpose(1, 0, 2);
  }
}
