package dev.lockstep.models.layers;

import ai.djl.ndarray.NDArray;
import ai.djl.training.ParameterStore;

/** A linear head of its own for each member of an ensemble in one network. */
public final class MemberHeads extends Layer {
  private final FeatureLinear heads;

  /** Heads of {@code members} members, from {@code inputs} values to {@code outputs} each. */
  public MemberHeads(int members, int inputs, int outputs) {
    heads = addChildBlock("heads", new FeatureLinear(members, inputs, outputs));
  }

  /** From {@code [batch, members, inputs]} to {@code [batch, members, outputs]}. */
  @Override
  public NDArray apply(ParameterStore store, NDArray x, boolean training) {
    return heads.apply(store, x.transpose(1, 0, 2), training).transpose(1, 0, 2);
  }
}
