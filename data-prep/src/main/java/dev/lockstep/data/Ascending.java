package dev.lockstep.data;

import java.util.Arrays;
import org.apache.spark.unsafe.array.LongArray;
import org.apache.spark.unsafe.memory.MemoryBlock;
import org.apache.spark.util.collection.unsafe.sort.RadixSort;

/** Many numbers in their order, by Spark's radix sort. */
public final class Ascending {
  private Ascending() {}

  /**
   * Sorts numbers as {@link java.util.Arrays#sort(double[])} does.
   *
   * @param values none is NaN
   */
  public static void sort(double[] values) {
    long[] keys = new long[values.length];
    Arrays.setAll(keys, i -> ordered(Double.doubleToRawLongBits(values[i])));
    long[] sorted = sorted(keys, 0);
    Arrays.setAll(values, i -> Double.longBitsToDouble(ordered(sorted[i])));
  }

  /**
   * Numbers sorted by their upper bytes; those that agree in them stay in their order.
   *
   * @param from the lowest byte that counts, 0 to 6
   */
  public static long[] sorted(long[] values, int from) {
    long[] room = Arrays.copyOf(values, 2 * values.length); // The sort needs as much again.
    LongArray array = new LongArray(MemoryBlock.fromLongArray(room));
    int first = RadixSort.sort(array, values.length, from, Long.BYTES - 1, false, true);
    return Arrays.copyOfRange(room, first, first + values.length);
  }

  /**
   * The places of numbers, that of the least first; of equal numbers, that of the first is first.
   */
  public static int[] order(long[] values) {
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
