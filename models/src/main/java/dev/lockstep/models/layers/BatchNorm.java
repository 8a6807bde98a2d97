package dev.lockstep.models.layers;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import dev.lockstep.models.Initial;
import dev.lockstep.models.StepStore;

/**
 * Batch normalisation (Ioffe and Szegedy, ICML 2015). While training, its moments are those of the
 * global batch, so that it does not depend on the number of ranks; running moments are buffers:
 * kept with the network and not trained.
 */
public final class BatchNorm extends Layer {
  private static final float EPSILON = 1e-5f;
  private static final float MOMENTUM = 0.1f;

  private final Parameter gamma;
  private final Parameter beta;
  private final Parameter runningMean;
  private final Parameter runningVariance;

  /** Normalises {@code features} values of a row. */
  public BatchNorm(int features) {
    Initial one = new Initial.Constant(1);
    Initial zero = new Initial.Constant(0);
    gamma = parameter("gamma", Parameter.Type.GAMMA, one, features);
    beta = parameter("beta", Parameter.Type.BETA, zero, features);
    runningMean = parameter("runningMean", Parameter.Type.RUNNING_MEAN, zero, features);
    runningVariance = parameter("runningVariance", Parameter.Type.RUNNING_VAR, one, features);
  }

  /**
   * An input and what became of it.
   *
   * @param input what to go on with in the place of the input, see {@link StepStore.Moments}
   * @param output {@code [batch, features]}
   */
  public record Normalised(NDArray input, NDArray output) {}

  /** From {@code [batch, features]} to the same shape; nothing else may use the input. */
  @Override
  public NDArray apply(ParameterStore store, NDArray x, boolean training) {
    return normalise(store, x, training).output();
  }

  /** From {@code [batch, features]} to the same shape, and to what stands for the input. */
  public Normalised normalise(ParameterStore store, NDArray x, boolean training) {
    NDArray mean = value(store, runningMean, x, training);
    NDArray variance = value(store, runningVariance, x, training);
    if (!training) {
      return new Normalised(x, scaled(store, x, mean, variance, false));
    }
    if (!(store instanceof StepStore step)) {
      throw new IllegalStateException("expected a StepStore: batch norm needs global moments");
    }
    StepStore.Moments moments = step.globalMoments(x);
    // As PyTorch: the running variance is the unbiased one.
    float unbiased = moments.rows() / Math.max(1f, moments.rows() - 1f);
    update(mean, moments.mean().stopGradient());
    update(variance, moments.variance().stopGradient().mul(unbiased));
    NDArray input = moments.input();
    return new Normalised(input, scaled(store, input, moments.mean(), moments.variance(), true));
  }

  private static void update(NDArray running, NDArray current) {
    running.muli(1 - MOMENTUM).addi(current.mul(MOMENTUM));
  }

  /** Scale and shift are worked out for a row first: two passes over the batch. */
  private NDArray scaled(
      ParameterStore store, NDArray x, NDArray mean, NDArray variance, boolean training) {
    NDArray deviation = variance.add(EPSILON).sqrt();
    NDArray scale = value(store, gamma, x, training).div(deviation);
    NDArray shift = value(store, beta, x, training).sub(mean.mul(scale));
    return x.mul(scale).add(shift);
  }
}
