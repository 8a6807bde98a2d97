package dev.lockstep.models;

import ai.djl.ndarray.NDArray;

/** Numbers in the arithmetic of networks and losses. */
public final class Scalars {
  private Scalars() {}

  /**
   * A number as an array that lives as long as the others of the step. Where an array meets a plain
   * number, DJL makes an array of it and gives its memory back at once, although backward reads it
   * again: after a garbage collection in between, gradients are anything.
   *
   * @param x an array of the step
   * @return the number, float32, shape {@code []}
   */
  public static NDArray like(NDArray x, double number) {
    return x.getManager().create((float) number);
  }
}
