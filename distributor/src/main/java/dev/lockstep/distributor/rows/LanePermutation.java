package dev.lockstep.distributor.rows;

import dev.lockstep.distributor.random.CounterRandom;

/**
 * A seeded permutation of {@code [0, n)} that needs no memory: a four-round Feistel network on the
 * next power of four, walked until it lands below n (Black and Rogaway, "Ciphers with Arbitrary
 * Finite Domains", CT-RSA 2002). At most four walks on average.
 */
final class LanePermutation {
  private static final int ROUNDS = 4;

  private final long size;
  private final int halfBits;
  private final long halfMask;
  private final long key;

  /** The permutation of n rows that the key names. */
  LanePermutation(long size, long key) {
    this.size = size;
    int bits = 64 - Long.numberOfLeadingZeros(Math.max(size - 1, 1));
    this.halfBits = (bits + 1) / 2;
    this.halfMask = (1L << halfBits) - 1;
    this.key = key;
  }

  /** The row at a place. */
  long rowAt(long place) {
    long row = place;
    do {
      long left = row >>> halfBits;
      long right = row & halfMask;
      for (int round = 0; round < ROUNDS; round++) {
        long next = left ^ (CounterRandom.bits(key + round, right) & halfMask);
        left = right;
        right = next;
      }
      row = left << halfBits | right;
    } while (row >= size);
    return row;
  }
}
