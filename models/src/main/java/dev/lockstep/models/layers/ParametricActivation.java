package dev.lockstep.models.layers;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import dev.lockstep.models.Initial;

/**
 * An activation that each neuron may take more or less of: {@code (1 - a) x + a act(x)}, with a
 * trained a that begins at 1 (RealMLP).
 */
public final class ParametricActivation extends Layer {
  /** The activation within. */
  public enum Kind {
    /** Self-normalising exponential unit (Klambauer et al., NeurIPS 2017). */
    SELU,
    /** {@code x tanh(log(1 + exp(x)))} (Misra, BMVC 2020). */
    MISH,
    /** {@code max(x, 0)}. */
    RELU;

    private NDArray of(NDArray x) {
      return switch (this) {
        case SELU -> x.getNDArrayInternal().selu();
        case MISH -> x.mul(x.getNDArrayInternal().softPlus().tanh());
        case RELU -> x.getNDArrayInternal().relu();
      };
    }
  }

  private final Kind kind;
  private final Parameter share;

  /**
   * For {@code features} neurons.
   *
   * @param rateFactor factor of the learning rate of the shares
   */
  public ParametricActivation(Kind kind, int features, double rateFactor) {
    this.kind = kind;
    Treatment treatment = new Treatment(new Initial.Constant(1), rateFactor);
    share = parameter("share", Parameter.Type.OTHER, treatment, features);
  }

  /** From {@code [batch, features]} to the same shape. */
  @Override
  public NDArray apply(ParameterStore store, NDArray x, boolean training) {
    return kind.of(x).sub(x).mul(value(store, share, x, training)).add(x);
  }
}
