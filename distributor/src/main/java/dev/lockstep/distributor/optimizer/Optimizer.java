package dev.lockstep.distributor.optimizer;

import dev.lockstep.distributor.collective.Shard;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * Updates a slice of the flat parameters and keeps the state of that slice alone. Plain Java float
 * arithmetic, so the same bits on every CPU.
 */
public abstract sealed class Optimizer permits AdamW, Sgd {
  /** Values in the scratch arrays: gradients, parameters and states of a block stay in L1 cache. */
  private static final int BLOCK = 2048;

  private final Shard slice;
  private final List<ParameterGroup> groups;
  private final float[][] state;
  private final float[] parameters = new float[BLOCK];
  private final float[] gradients = new float[BLOCK];
  private long steps;

  Optimizer(Shard slice, List<ParameterGroup> groups, int states) {
    this.slice = slice;
    this.groups = List.copyOf(groups);
    this.state = new float[states][slice.length()];
  }

  /** The part of the flat parameters that this optimizer updates. */
  public Shard slice() {
    return slice;
  }

  /** Number of steps taken. */
  public long steps() {
    return steps;
  }

  /** The state arrays, each of the slice's length; a checkpoint saves them and fills them again. */
  public float[][] state() {
    return state;
  }

  /** Continues after that many steps, once {@link #state} has been filled. */
  public void resume(long stepsTaken) {
    steps = stepsTaken;
  }

  /**
   * One step.
   *
   * @param flatParameters all flat parameters; those of the slice are updated
   * @param flatGradients all gradients; those of the slice are read
   * @param scale factor of the gradients
   * @param rate learning rate
   */
  public final void step(
      FloatBuffer flatParameters, FloatBuffer flatGradients, float scale, double rate) {
    steps++;
    for (ParameterGroup group : groups) {
      int end = Math.min(group.to(), slice.to());
      for (int at = Math.max(group.from(), slice.from()); at < end; at += BLOCK) {
        int length = Math.min(BLOCK, end - at);
        flatParameters.get(at, parameters, 0, length);
        flatGradients.get(at, gradients, 0, length);
        for (int i = 0; i < length; i++) {
          gradients[i] *= scale;
        }
        update(
            parameters,
            gradients,
            at - slice.from(),
            length,
            rate * group.rateFactor(),
            group.weightDecay());
        flatParameters.put(at, parameters, 0, length);
      }
    }
  }

  /** Updates {@code length} parameters whose state begins at {@code offset}. */
  abstract void update(
      float[] parameters, float[] gradients, int offset, int length, double rate, double decay);
}
