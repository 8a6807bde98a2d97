package dev.lockstep.models.bench;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.lockstep.models.StepStore;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The step's store where one process holds the whole batch: parameters' own arrays, random numbers
 * from a seed, moments of the batch.
 */
public final class LocalStore extends StepStore {
  private final NDManager manager;
  private final SplittableRandom random;
  private final Map<Parameter, ? extends NDArray> leaves;

  /**
   * A store for one step.
   *
   * @param manager owns the step's arrays
   * @param seed decides the dropout masks
   */
  public LocalStore(NDManager manager, long seed) {
    this(manager, seed, Map.of());
  }

  /** Likewise, with the arrays that stand for some parameters in this step. */
  LocalStore(NDManager manager, long seed, Map<Parameter, ? extends NDArray> leaves) {
    this.manager = manager;
    this.random = new SplittableRandom(seed);
    this.leaves = leaves;
  }

  @Override
  public NDArray getValue(Parameter parameter, Device device, boolean training) {
    NDArray leaf = leaves.get(parameter);
    return leaf == null ? parameter.getArray() : leaf;
  }

  @Override
  public NDManager getManager() {
    return manager;
  }

  @Override
  public NDArray dropoutMask(Shape shape, double rate) {
    float[] mask = new float[Math.toIntExact(shape.size())];
    float keep = (float) (1 / (1 - rate));
    int threshold = (int) Math.round(rate * (1 << 16));
    long bits = 0;
    for (int i = 0; i < mask.length; i++) {
      bits = (i & 3) == 0 ? random.nextLong() : bits >>> 16;
      mask[i] = (bits & 0xFFFF) < threshold ? 0 : keep;
    }
    return manager.create(mask, shape);
  }

  @Override
  public Moments globalMoments(NDArray input) {
    NDArray mean = input.mean(new int[] {0});
    NDArray centred = input.sub(mean);
    return new Moments(
        input, mean, centred.mul(centred).mean(new int[] {0}), input.getShape().get(0));
  }
}
