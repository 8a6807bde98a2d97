package dev.lockstep.models.layers;

import ai.djl.ndarray.NDArray;
import ai.djl.training.ParameterStore;
import dev.lockstep.models.StepStore;

/**
 * Dropout whose mask depends on the row and not on the rank (Srivastava et al., "Dropout", JMLR
 * 2014), where the store can give such a mask.
 */
public final class Dropout {
  private Dropout() {}

  /**
   * Applies dropout while training.
   *
   * @param activations {@code [batch, ...]}
   * @param rate probability of a zero
   */
  public static NDArray apply(
      ParameterStore store, NDArray activations, double rate, boolean training) {
    if (!training || rate == 0) {
      return activations;
    }
    if (!(store instanceof StepStore step)) {
      throw new IllegalStateException("expected a StepStore: dropout needs its random numbers");
    }
    return activations.mul(step.dropoutMask(activations.getShape(), rate));
  }
}
