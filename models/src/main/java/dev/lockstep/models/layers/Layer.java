package dev.lockstep.models.layers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.training.ParameterStore;
import dev.lockstep.models.TabularBlock;

/** A block from one array to one array. */
public abstract class Layer extends TabularBlock {
  /**
   * The forward pass; the first axis of input and output are the rows of the batch.
   *
   * @param store gives the values of parameters in this pass
   * @param training whether gradients are wanted
   */
  public abstract NDArray apply(ParameterStore store, NDArray x, boolean training);

  @Override
  protected final NDList compute(ParameterStore store, NDList inputs, boolean training) {
    return new NDList(apply(store, inputs.singletonOrThrow(), training));
  }
}
