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
   * @param scratch some values, their number a multiple of four
   */
  static void fill(FloatBuffer mask, long key, int values, double rate, float[] scratch) {
    int threshold = (int) Math.round(rate * SIXTEEN_BITS);
    int keep = Float.floatToRawIntBits((float) (1 / (1 - rate)));
    int done = 0;
    while (done < values) {
      int length = Math.min(scratch.length, values - done);
      // Four values of 64 bits; the last four may be more than are wanted.
      for (int i = 0; i < length; i += 4) {
        long bits = CounterRandom.bits(key, (done + i) >>> 2);
        scratch[i] = value(bits, threshold, keep);
        scratch[i + 1] = value(bits >>> 16, threshold, keep);
        scratch[i + 2] = value(bits >>> 32, threshold, keep);
        scratch[i + 3] = value(bits >>> 48, threshold, keep);
      }
      mask.put(scratch, 0, length);
      done += length;
    }
  }

  /** 0 where the low 16 bits are below the threshold, else what is kept; without a branch. */
  private static float value(long bits, int threshold, int keep) {
    int below = ((int) (bits & (SIXTEEN_BITS - 1)) - threshold) >> 31;
    return Float.intBitsToFloat(keep & ~below);
  }
}
