package dev.lockstep.models;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Block;
import java.util.function.Function;

/** A parameter store whose parameters may be sharded over the ranks, unit by unit. */
public interface UnitStore {
  /**
   * Computes with the parameters of a unit, as {@link TabularBlock#unit} has it.
   *
   * @param unit the block whose parameters are used
   * @param inputs what else is used
   * @param flows whether gradients flow through the input, which is one then, if anything trained
   *     was used before
   * @param forward computes the output of the inputs
   */
  NDArray unit(Block unit, NDList inputs, boolean flows, Function<NDList, NDArray> forward);
}
