package dev.lockstep.distributor.collective;

import java.nio.FloatBuffer;

/**
 * Adds float32 values of several ranks in the order of the ranks. Works in blocks that stay in the
 * L1 cache; loops over arrays are what the JVM turns into vector code.
 */
final class OrderedSum {
  private static final int BLOCK = 2048;

  /** A rank's values. */
  interface Source {
    /** Reads so many values, no more than a block, into the beginning of an array. */
    void get(int at, float[] into, int count);
  }

  private final float[] sum = new float[BLOCK];
  private final float[] next = new float[BLOCK];

  /**
   * Writes the sum of the sources to the target.
   *
   * @param sources the ranks' values in order, each read from where its entry of {@code offsets}
   *     says
   * @param offsets where each source's values begin
   * @param target may be one of the sources
   * @param at where the target's values begin
   * @param length number of values
   */
  void add(Source[] sources, int[] offsets, FloatBuffer target, int at, int length) {
    for (int done = 0; done < length; done += BLOCK) {
      int count = Math.min(BLOCK, length - done);
      sources[0].get(offsets[0] + done, sum, count);
      for (int rank = 1; rank < sources.length; rank++) {
        sources[rank].get(offsets[rank] + done, next, count);
        for (int i = 0; i < count; i++) {
          sum[i] += next[i];
        }
      }
      target.put(at + done, sum, 0, count);
    }
  }
}
