package dev.lockstep.distributor.columns;

import dev.lockstep.distributor.step.CounterRandom;

/**
 * Which rows belong to which step: of a lane of n rows, step s of S takes places {@code [s n / S,
 * (s + 1) n / S)} of the epoch's permutation. Depends on the rows of all ranks only through S, so a
 * step's rows are the same on any number of ranks.
 *
 * @param seed seed of the run
 * @param steps number of steps an epoch, S
 */
public record BatchPlan(long seed, int steps) {
  private static final long SHUFFLE = 0x5348_5546L;

  /** A plan for batches of about {@code batch} rows out of {@code rows} on all ranks. */
  public static BatchPlan of(long seed, long rows, int batch) {
    return new BatchPlan(seed, (int) Math.max(1, -Math.floorDiv(-rows, (long) batch)));
  }

  /** The first place of a lane of n rows that belongs to a step. */
  static long edge(long rows, int step, int steps) {
    return rows * step / steps;
  }

  /** Number of rows that a step takes from a lane of n rows. */
  public int rows(long laneRows, int step) {
    return (int) (edge(laneRows, step + 1, steps) - edge(laneRows, step, steps));
  }

  /** The largest number of rows that a step takes from these lanes. */
  int capacity(LaneColumns lanes) {
    int largest = 0;
    for (int lane = 0; lane < lanes.lanes(); lane++) {
      largest += (int) Math.min(lanes.rows(lane) / steps + 1, lanes.rows(lane));
    }
    return largest;
  }

  /** Fills a batch with the rows of a step. */
  void fill(Batch batch, RankColumns columns, int epoch, int step) {
    LaneColumns lanes = columns.train();
    batch.clear(epoch, step);
    for (int i = 0; i < lanes.lanes(); i++) {
      long n = lanes.rows(i);
      long to = edge(n, step + 1, steps);
      long key = CounterRandom.key(SHUFFLE, seed, epoch, lanes.firstLane() + i);
      LanePermutation permutation = new LanePermutation(n, key);
      for (long place = edge(n, step, steps); place < to; place++) {
        columns.copy(lanes.start(i) + permutation.rowAt(place), 1, batch);
        batch.count(i, 1);
      }
    }
    batch.flip();
  }
}
