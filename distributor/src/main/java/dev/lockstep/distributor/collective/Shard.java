package dev.lockstep.distributor.collective;

import java.util.List;

/**
 * A rank's part of a flat array.
 *
 * @param from first index
 * @param to index after the last
 */
public record Shard(int from, int to) {
  /**
   * Floats in 64 bytes: shards begin at multiples of it, so that no two ranks share a cache line.
   */
  static final int ALIGNMENT = 16;

  /** The shard of a rank: equal parts, but for rounding to cache lines. */
  public static Shard of(int length, int rank, int worldSize) {
    return new Shard(edge(length, rank, worldSize), edge(length, rank + 1, worldSize));
  }

  /** The shards of all ranks, in their order. */
  public static List<Shard> all(int length, int worldSize) {
    Shard[] shards = new Shard[worldSize]; // Asked for at every exchange: no stream.
    for (int rank = 0; rank < worldSize; rank++) {
      shards[rank] = of(length, rank, worldSize);
    }
    return List.of(shards);
  }

  /** Number of values. */
  public int length() {
    return to - from;
  }

  private static int edge(int length, int rank, int worldSize) {
    if (rank == worldSize) {
      return length;
    }
    long exact = (long) length * rank / worldSize;
    return (int) (exact / ALIGNMENT * ALIGNMENT);
  }
}
