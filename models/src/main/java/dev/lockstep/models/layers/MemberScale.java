package dev.lockstep.models.layers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import dev.lockstep.models.Initial;

/** A trained factor for each input and member, random signs at first (TabM-mini). */
public final class MemberScale extends Layer {
  private final int features;
  private final Parameter factor;

  /** Factors of {@code members} members. */
  public MemberScale(int members, int features) {
    this.features = features;
    factor = parameter("factor", Parameter.Type.OTHER, new Initial.Sign(), members, features);
  }

  /** From {@code [batch, features]} to {@code [batch, members, features]}. */
  @Override
  public NDArray apply(ParameterStore store, NDArray x, boolean training) {
    return x.reshape(new Shape(-1, 1, features)).mul(value(store, factor, x, training));
  }
}
