package dev.lockstep.distributor.metrics;

import java.util.concurrent.atomic.AtomicReferenceArray;

/** The metrics of all ranks of a training, in the metrics system of the driver. */
public final class JobMetrics extends LiveMetrics {
  private final AtomicReferenceArray<Double> allReduceMillis;
  private volatile int epoch;
  private volatile double loss = Double.NaN;
  private volatile double rowsPerSecond;
  private volatile int attempt;

  /** The metrics of a training on so many ranks; must be closed. */
  public JobMetrics(int ranks) {
    super("lockstep.training");
    allReduceMillis = new AtomicReferenceArray<>(ranks);
    gauge("epoch", () -> epoch);
    gauge("attempt", () -> attempt);
    gauge("loss", () -> loss);
    gauge("rowsPerSecond", () -> rowsPerSecond);
    for (int rank = 0; rank < ranks; rank++) {
      int index = rank;
      allReduceMillis.set(index, 0.0);
      gauge("rank%04d.allReduceMillis".formatted(rank), () -> allReduceMillis.get(index));
    }
    open();
  }

  /** An attempt begins, counted from 1. */
  public void begins(int number) {
    attempt = number;
  }

  /**
   * What a rank has told.
   *
   * @param meanLoss mean loss of the epoch so far, over all ranks
   * @param allRowsPerSecond rows a second of all ranks
   * @param millis mean time of a step that the rank spent in collectives
   */
  public void heard(
      int rank, int ofEpoch, double meanLoss, double allRowsPerSecond, double millis) {
    epoch = ofEpoch;
    loss = meanLoss;
    rowsPerSecond = allRowsPerSecond;
    allReduceMillis.set(rank, millis);
  }
}
