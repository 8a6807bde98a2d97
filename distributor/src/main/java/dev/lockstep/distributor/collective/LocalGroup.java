package dev.lockstep.distributor.collective;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Where the ranks of one JVM meet: they show each other their buffers and pass phases together. A
 * rank's counter says how many phases it has reached, so nobody writes what another writes.
 */
final class LocalGroup {
  /** Counters stand a cache line apart. */
  private static final int STRIDE = 16;

  private static final long SPIN_NANOS = 20_000;
  private static final long YIELD_NANOS = 500_000;
  private static final long PARK_NANOS = 100_000;

  /**
   * Halls by secret. Ranks of one JVM are tasks that share nothing but the class loader, so there
   * is no other place to find each other; the last to leave takes the entry with it.
   */
  private static final Map<String, LocalGroup> OPEN = new HashMap<>();

  private final String name;
  private final AtomicReferenceArray<ByteBuffer> shown;
  private final AtomicLongArray phases;
  private final Vitals[] vitals;
  private final Failure failure = new Failure();
  private int awaited;

  private LocalGroup(String name, int worldSize, int members) {
    this.name = name;
    awaited = members;
    shown = new AtomicReferenceArray<>(worldSize);
    phases = new AtomicLongArray((worldSize + 1) * STRIDE);
    vitals = new Vitals[worldSize];
    for (int rank = 0; rank < worldSize; rank++) {
      vitals[rank] = new Vitals();
    }
  }

  /**
   * Enters the group of that name. It stays until all its members have come and left: one that
   * fails and leaves before the others have come must still be heard of by them.
   *
   * @param members number of ranks in this JVM, each of which enters and leaves once
   */
  static LocalGroup enter(String name, int worldSize, int members) {
    synchronized (OPEN) {
      return OPEN.computeIfAbsent(name, n -> new LocalGroup(n, worldSize, members));
    }
  }

  /** Leaves the group. */
  void leave() {
    synchronized (OPEN) {
      if (--awaited == 0) {
        OPEN.remove(name);
      }
    }
  }

  /** What went wrong in this JVM's part of the job. */
  Failure failure() {
    return failure;
  }

  Vitals vitals(int rank) {
    return vitals[rank];
  }

  /** Shows a buffer to the others, from the next phase on. */
  void show(int rank, ByteBuffer buffer) {
    shown.set(rank, buffer);
  }

  /** The buffer that a rank shows. */
  ByteBuffer shown(int rank) {
    return shown.get(rank);
  }

  /** Reaches the next phase. */
  long arrive(int rank) {
    long phase = phases.get(rank * STRIDE) + 1;
    phases.set(rank * STRIDE, phase);
    return phase;
  }

  /** Waits until a rank has reached a phase: spins, then gives way, then sleeps between looks. */
  @SuppressWarnings("ThreadPriorityCheck") // Ranks of one JVM share cores: the other may need ours.
  void await(int other, long phase, FailureDetector detector) {
    if (phases.get(other * STRIDE) >= phase) {
      return;
    }
    long from = System.nanoTime();
    while (phases.get(other * STRIDE) < phase) {
      long waited = System.nanoTime() - from;
      if (waited < SPIN_NANOS) {
        Thread.onSpinWait();
      } else if (waited < YIELD_NANOS) {
        Thread.yield();
      } else {
        detector.check(other);
        LockSupport.parkNanos(PARK_NANOS);
      }
    }
  }
}
