package dev.lockstep.distributor.optimizer;

import dev.lockstep.distributor.collective.Shard;
import java.util.List;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, "Decoupled Weight Decay Regularization",
 * ICLR 2019), with PyTorch's placement of epsilon and bias correction.
 */
public final class AdamW extends Optimizer {
  private final double beta1;
  private final double beta2;
  private final double epsilon;

  /**
   * An optimizer for a slice.
   *
   * @param beta1 decay of the mean of gradients
   * @param beta2 decay of the mean of their squares
   * @param epsilon added to the root
   */
  public AdamW(
      Shard slice, List<ParameterGroup> groups, double beta1, double beta2, double epsilon) {
    super(slice, groups, 2);
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
  }

  @Override
  void update(float[] p, float[] g, int offset, int length, double rate, double decay) {
    float[] mean = state()[0];
    float[] square = state()[1];
    float b1 = (float) beta1;
    float c1 = (float) (1 - beta1);
    float b2 = (float) beta2;
    float c2 = (float) (1 - beta2);
    float keep = (float) (1 - rate * decay);
    float size = (float) (rate / (1 - StrictMath.pow(beta1, (double) steps())));
    float root = (float) (1 / Math.sqrt(1 - StrictMath.pow(beta2, (double) steps())));
    float eps = (float) epsilon;
    // Three loops without branches or mixed types: the compiler turns each into vector code.
    for (int i = 0; i < length; i++) {
      mean[offset + i] = b1 * mean[offset + i] + c1 * g[i];
    }
    for (int i = 0; i < length; i++) {
      square[offset + i] = b2 * square[offset + i] + c2 * (g[i] * g[i]);
    }
    for (int i = 0; i < length; i++) {
      float denominator = (float) Math.sqrt(square[offset + i]) * root + eps;
      p[i] = p[i] * keep - size * mean[offset + i] / denominator;
    }
  }
}
