package dev.lockstep.data.features;

import java.util.Arrays;
import org.apache.spark.unsafe.array.LongArray;
import org.apache.spark.unsafe.memory.MemoryBlock;
import org.apache.spark.util.collection.unsafe.sort.RadixSort;

/** Many numbers in their order, by Spark's radix sort. */
final class Ascending {
  private Ascending() {}

  /**
   * Sorts numbers as {@link java.util.Arrays#sort(double[])} does.
   *
   * @param values none is NaN
   */
  static void sort(double[] values) {
    long[] keys = new long[2 * values.length]; // The sort needs as much again.
    for (int i = 0; i < values.length; i++) {
      keys[i] = ordered(Double.doubleToRawLongBits(values[i]));
    }
    LongArray array = new LongArray(MemoryBlock.fromLongArray(keys));
    int from = RadixSort.sort(array, values.length, 0, Long.BYTES - 1, false, true);
    for (int i = 0; i < values.length; i++) {
      values[i] = Double.longBitsToDouble(ordered(keys[from + i]));
    }
  }

  /**
   * The places of numbers, that of the least first; of equal numbers, that of the first is first.
   */
  static int[] order(long[] values) {
    long[] pairs = new long[4 * values.length];
    for (int i = 0; i < values.length; i++) {
      pairs[2 * i] = i;
      pairs[2 * i + 1] = values[i];
    }
    LongArray array = new LongArray(MemoryBlock.fromLongArray(pairs));
    int from =
        RadixSort.sortKeyPrefixArray(array, 0, values.length, 0, Long.BYTES - 1, false, true);
    int[] order = new int[values.length];
    Arrays.setAll(order, i -> (int) pairs[from + 2 * i]);
    return order;
  }

  /** From a double's bits to a long that is ordered as the double is, and back. */
  private static long ordered(long bits) {
    return bits ^ (bits >> (Long.SIZE - 1)) & Long.MAX_VALUE;
  }
}
