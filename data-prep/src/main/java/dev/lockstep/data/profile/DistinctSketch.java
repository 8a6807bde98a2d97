package dev.lockstep.data.profile;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Counts distinct values by the smallest of their 64-bit hashes, a set that depends neither on the
 * order of rows nor on partitions (Bar-Yossef et al., "Counting distinct elements in a data
 * stream", 2002; the estimate {@code (k - 1) / u} is that of Beyer et al., "On synopses for
 * distinct-value estimation under multiset operations", 2007). With 512 hashes it is off by about 4
 * %.
 */
final class DistinctSketch implements Serializable {
  private static final long serialVersionUID = 1;
  private static final int KEPT = 512;

  /** So many are counted and not estimated. */
  static final int EXACT = KEPT - 1;

  private static final int FIRST_LENGTH = 16;
  private static final int RECENT = 64;

  private long[] hashes = new long[FIRST_LENGTH];
  private int size;
  private long limit = Long.MAX_VALUE;

  /** Where few values repeat, most of them were seen a moment ago. */
  private transient long[] recent;

  /** Takes a value's hash, any number of times. */
  void add(long hash) {
    if (hash > limit) {
      return;
    }
    if (recent == null) {
      recent = new long[RECENT];
    }
    int slot = (int) hash & (RECENT - 1);
    if (recent[slot] == hash && hash != 0) {
      return;
    }
    recent[slot] = hash;
    if (size == hashes.length) {
      compact();
      if (size > hashes.length / 2) {
        hashes = Arrays.copyOf(hashes, 2 * hashes.length);
      }
    }
    hashes[size++] = hash;
  }

  /** Takes what another has seen. */
  void add(DistinctSketch other) {
    for (int i = 0; i < other.size; i++) {
      add(other.hashes[i]);
    }
  }

  /** The number of distinct values. */
  long estimate() {
    compact();
    if (size <= EXACT) {
      return size;
    }
    double share = hashes[KEPT - 1] * 0x1p-64 + 0.5;
    return Math.max(KEPT, Math.round(EXACT / share));
  }

  /** Sorts, and leaves each hash once and no more than are kept. */
  private void compact() {
    Arrays.sort(hashes, 0, size);
    int distinct = 0;
    for (int i = 0; i < size; i++) {
      if (distinct == 0 || hashes[i] != hashes[distinct - 1]) {
        hashes[distinct++] = hashes[i];
      }
    }
    size = Math.min(distinct, KEPT);
    if (size == KEPT) {
      limit = hashes[KEPT - 1];
    }
  }
}
