package dev.lockstep.models;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;

/**
 * A parameter store that also gives a block what must agree over all ranks of a training step:
 * random numbers that depend on the row and not on the rank, and moments of the global batch.
 * Blocks that find another kind of store fall back to what one process can do alone.
 */
public abstract class StepStore extends ParameterStore {
  /**
   * A mask to multiply activations with: 0 with probability {@code rate}, else {@code 1 / (1 -
   * rate)}. Every call in a forward pass draws new numbers.
   *
   * @param shape {@code [batch, ...]}, the first axis being the rows of the batch
   * @param rate probability of a zero, in {@code [0, 1)}
   */
  public abstract NDArray dropoutMask(Shape shape, double rate);

  /**
   * Mean and variance over the rows of all ranks.
   *
   * @param input {@code [batch, features]}; a rank may have 0 rows
   * @return the input to go on with and the moments, through which gradients flow across ranks
   */
  public abstract Moments globalMoments(NDArray input);

  /**
   * Moments of the global batch.
   *
   * @param input {@code [batch, features]}, what the block must go on with instead of its input, in
   *     whatever it does with it (a residual connection as well): the graph may be cut here, and a
   *     path around the cut would be differentiated twice
   * @param mean {@code [features]}
   * @param variance {@code [features]}, biased (divided by the number of rows)
   * @param rows number of rows in the global batch
   */
  public record Moments(NDArray input, NDArray mean, NDArray variance, long rows) {}
}
