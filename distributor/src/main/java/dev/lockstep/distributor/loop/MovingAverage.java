package dev.lockstep.distributor.loop;

import dev.lockstep.distributor.step.FlatParameters;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * An exponential moving average of the trained values (Polyak and Juditsky, "Acceleration of
 * Stochastic Approximation by Averaging", 1992). Every rank keeps all of it: it is the same sums on
 * each.
 */
final class MovingAverage {
  private static final int BLOCK = 4096;

  private final ByteBuffer average;
  private final float decay;
  private final float[] own = new float[BLOCK];
  private final float[] other = new float[BLOCK];

  /** Begins at the current values. */
  MovingAverage(FlatParameters parameters, double decay) {
    this.decay = (float) decay;
    this.average = copy(parameters.values());
  }

  static ByteBuffer copy(ByteBuffer values) {
    ByteBuffer copy = ByteBuffer.allocateDirect(values.remaining()).order(ByteOrder.nativeOrder());
    return copy.put(values.duplicate()).flip();
  }

  /** The average: float32, native order. */
  ByteBuffer values() {
    return average.duplicate().order(ByteOrder.nativeOrder());
  }

  /** Moves the average towards the current values. */
  void update(FlatParameters parameters) {
    FloatBuffer mean = values().asFloatBuffer();
    FloatBuffer current = parameters.values().asFloatBuffer();
    for (int at = 0; at < mean.limit(); at += BLOCK) {
      int length = Math.min(BLOCK, mean.limit() - at);
      mean.get(at, own, 0, length);
      current.get(at, other, 0, length);
      for (int i = 0; i < length; i++) {
        own[i] += (1 - decay) * (other[i] - own[i]);
      }
      mean.put(at, own, 0, length);
    }
  }

  /** Puts the average in the place of the current values, or back: they change places. */
  void swap(FlatParameters parameters) {
    ByteBuffer held = copy(parameters.values());
    parameters.values().put(values());
    average.duplicate().put(held);
  }
}
