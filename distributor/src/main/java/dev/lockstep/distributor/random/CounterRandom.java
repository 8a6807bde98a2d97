package dev.lockstep.distributor.random;

/**
 * Random numbers by position: the n-th number of a stream is a function of the stream's key and n,
 * so a rank needs no state and draws for a row what any other rank would draw for it. The mixing
 * function is the finaliser of SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom
 * Number Generators", OOPSLA 2014).
 */
public final class CounterRandom {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private CounterRandom() {}

  /** A well-mixed function of its argument, a bijection on longs. */
  public static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** The key of the stream that the parts name together. */
  public static long key(long... parts) {
    long key = GOLDEN;
    for (long part : parts) {
      key = mix(key + GOLDEN * (part + 1)) + GOLDEN;
    }
    return key;
  }

  /** The n-th 64 random bits of a stream. */
  public static long bits(long key, long n) {
    return mix(key + n * GOLDEN);
  }
}
