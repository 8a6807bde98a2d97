package dev.lockstep.distributor.optimizer;

import dev.lockstep.distributor.collective.Shard;
import java.util.List;

/** Stochastic gradient descent with momentum and decoupled weight decay, in PyTorch's form. */
public final class Sgd extends Optimizer {
  private final float momentum;

  /**
   * An optimizer for a slice.
   *
   * @param momentum share of the last update that goes on, 0 for none
   */
  public Sgd(Shard slice, List<ParameterGroup> groups, double momentum) {
    super(slice, groups, 1);
    this.momentum = (float) momentum;
  }

  @Override
  void update(float[] p, float[] g, int offset, int length, double rate, double decay) {
    float[] velocity = state()[0];
    float keep = (float) (1 - rate * decay);
    float size = (float) rate;
    for (int i = 0; i < length; i++) {
      velocity[offset + i] = momentum * velocity[offset + i] + g[i];
    }
    for (int i = 0; i < length; i++) {
      p[i] = p[i] * keep - size * velocity[offset + i];
    }
  }
}
