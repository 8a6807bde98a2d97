package dev.lockstep.distributor.rows;

import dev.lockstep.distributor.random.CounterRandom;

/**
 * Which rows belong to which step: of a lane of n rows, step s of S takes places {@code [edge(s),
 * edge(s + 1))} of the epoch's permutation, with {@code edge(s) = floor((s n + S lane / V) / S)}.
 * The lane's own phase spreads the remainders: without it, lanes of equal length would all give
 * their row at the same steps and none at others. Depends on the rows of all ranks only through S,
 * so a step's rows are the same on any number of ranks.
 *
 * @param seed seed of the run
 * @param steps number of steps an epoch, S
 * @param lanes number of lanes of the job, V
 */
public record BatchPlan(long seed, int steps, int lanes) {
  private static final long SHUFFLE = 0x5348_5546L;

  /** A plan for batches of about {@code batch} rows out of {@code rows} on all ranks. */
  public static BatchPlan of(long seed, long rows, int batch, int lanes) {
    return new BatchPlan(seed, (int) Math.max(1, -Math.floorDiv(-rows, (long) batch)), lanes);
  }

  /** The same rows at the same steps, each step in so many parts. */
  public BatchPlan inParts(int parts) {
    return new BatchPlan(seed, Math.multiplyExact(steps, parts), lanes);
  }

  /** The first place of a lane of n rows that belongs to a step. */
  long edge(long rows, int lane, int step) {
    long scaled = Math.addExact(Math.multiplyExact(rows * step, lanes), (long) steps * lane);
    return scaled / ((long) steps * lanes);
  }

  /** Number of rows that a step takes from a lane of n rows. */
  public int rows(long laneRows, int lane, int step) {
    return (int) (edge(laneRows, lane, step + 1) - edge(laneRows, lane, step));
  }

  /** The largest number of rows that a step takes from these lanes. */
  int capacity(LaneRanges own) {
    int largest = 0;
    for (int lane = 0; lane < own.lanes(); lane++) {
      largest += (int) Math.min(own.rows(lane) / steps + 1, own.rows(lane));
    }
    return largest;
  }

  /** Fills a batch with the rows of a step. */
  void fill(Batch batch, RankRows rankRows, int epoch, int step) {
    LaneRanges own = rankRows.train();
    batch.clear(epoch, step);
    for (int i = 0; i < own.lanes(); i++) {
      int lane = own.firstLane() + i;
      long n = own.rows(i);
      long to = edge(n, lane, step + 1);
      long key = CounterRandom.key(SHUFFLE, seed, epoch, lane);
      LanePermutation permutation = new LanePermutation(n, key);
      for (long place = edge(n, lane, step); place < to; place++) {
        rankRows.copy(own.start(i) + permutation.rowAt(place), 1, batch);
        batch.count(i, 1);
      }
    }
    batch.flip();
  }
}
