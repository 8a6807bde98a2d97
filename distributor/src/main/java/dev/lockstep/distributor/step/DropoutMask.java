package dev.lockstep.distributor.step;

import dev.lockstep.distributor.random.CounterRandom;
import java.nio.FloatBuffer;

/**
 * Dropout by position: the mask of an activation is a function of (seed, epoch, step, lane, row in
 * the lane's part of the batch, layer, column), never of the rank or the thread that computes it.
 */
final class DropoutMask {
  private static final int SIXTEEN_BITS = 1 << 16;

  private DropoutMask() {}

  /**
   * Fills the mask of one lane's rows.
   *
   * @param key names seed, epoch, step, lane and layer
   * @param values number of values, rows times width
   * @param rate probability of a zero, rounded to a multiple of 2^-16
   */
  static void fill(FloatBuffer mask, long key, int values, double rate, float[] scratch) {
    int threshold = (int) Math.round(rate * SIXTEEN_BITS);
    float keep = (float) (1 / (1 - rate));
    int done = 0;
    while (done < values) {
      int length = Math.min(scratch.length, values - done);
      for (int i = 0; i < length; i += 4) {
        long bits = CounterRandom.bits(key, (done + i) >>> 2);
        int end = Math.min(i + 4, length);
        for (int j = i; j < end; j++) {
          scratch[j] = (bits & (SIXTEEN_BITS - 1)) < threshold ? 0 : keep;
          bits >>>= 16;
        }
      }
      mask.put(scratch, 0, length);
      done += length;
    }
  }
}
