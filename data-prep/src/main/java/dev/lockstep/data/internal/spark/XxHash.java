package dev.lockstep.data.internal.spark;

import org.apache.spark.sql.catalyst.expressions.XXH64;
import org.apache.spark.unsafe.types.UTF8String;

/** Spark's {@code xxhash64} of single values. */
public final class XxHash {
  /** The seed that Spark's function begins with. */
  private static final long SEED = 42;

  private XxHash() {}

  /** The hash of a number's bits. */
  public static long of(double value) {
    return XXH64.hashLong(Double.doubleToLongBits(value), SEED);
  }

  /** The hash of a text. */
  public static long of(UTF8String value) {
    return XXH64.hashUTF8String(value, SEED);
  }
}
