package dev.lockstep.models;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;

/** A parameter store that knows the rows of sharded embedding tables. */
public interface EmbeddingLookup {
  /**
   * The rows of a table that a batch asks for; gradients flow to them in training.
   *
   * @param table the parameter that stands for the table and has no values itself
   * @param indices {@code [batch, categorical]} int32, all of the network's categorical features
   * @return {@code [batch, columns of the table, width]}
   */
  NDArray embedded(Parameter table, NDArray indices);
}
