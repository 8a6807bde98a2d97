package dev.lockstep.distributor.metrics;

/** A rank's metrics, in the metrics system of its executor. */
public final class RankMetrics extends LiveMetrics {
  private volatile Reading reading = new Reading(0, 0, Double.NaN, 0, 0, 0);

  /**
   * How a rank gets on.
   *
   * @param epoch the epoch, from 1
   * @param step steps that were taken in all
   * @param loss mean loss of the epoch so far, over all ranks
   * @param rowsPerSecond rows a second of this rank
   * @param allReduceMillis mean time of a step in collectives, waiting for others included
   * @param dataMillis mean time of a step in which the rank waited for its batch
   */
  public record Reading(
      int epoch,
      long step,
      double loss,
      double rowsPerSecond,
      double allReduceMillis,
      double dataMillis) {}

  /** The metrics of a rank; must be closed. */
  public RankMetrics(int rank) {
    // Of equal length, because Spark takes away a source by the beginning of its metrics' names.
    super("lockstep.rank%04d".formatted(rank));
    gauge("epoch", () -> reading.epoch());
    gauge("step", () -> reading.step());
    gauge("loss", () -> reading.loss());
    gauge("rowsPerSecond", () -> reading.rowsPerSecond());
    gauge("allReduceMillis", () -> reading.allReduceMillis());
    gauge("dataMillis", () -> reading.dataMillis());
    open();
  }

  /** What the sinks see from now on. */
  public void show(Reading now) {
    reading = now;
  }
}
