package dev.lockstep.distributor.training;

import dev.lockstep.data.Json;
import dev.lockstep.distributor.barrier.RankContext;

/** Tells the driver, now and then, how a rank gets on and where its time goes. */
final class Lookout {
  private static final long EVERY_NANOS = 500_000_000;

  private final RankContext context;
  private final int epochs;
  private final int steps;
  private long toldAt = System.nanoTime();
  private long rows;
  private long dataNanos;
  private long communicationNanos;

  Lookout(RankContext context, int epochs, int steps) {
    this.context = context;
    this.epochs = epochs;
    this.steps = steps;
  }

  /**
   * After a step.
   *
   * @param stepRows rows of the step, over all ranks
   * @param waited time that this rank has waited for batches so far, in nanoseconds
   * @param communicated time that it has spent in collectives so far
   */
  void step(int epoch, int step, double loss, long stepRows, long waited, long communicated) {
    rows += stepRows;
    long now = System.nanoTime();
    double span = now - toldAt;
    if (span < EVERY_NANOS) {
      return;
    }
    tell(
        new RankReport(
            epoch,
            epochs,
            step,
            steps,
            loss,
            rows / span * 1e9,
            (waited - dataNanos) / span,
            (communicated - communicationNanos) / span,
            null));
    toldAt = now;
    rows = 0;
    dataNanos = waited;
    communicationNanos = communicated;
  }

  /** After an epoch; one rank speaks for all. */
  void epoch(EpochReport report) {
    if (context.rank() == 0) {
      tell(
          new RankReport(
              report.epoch(),
              epochs,
              steps,
              steps,
              report.trainLoss(),
              report.rowsPerSecond(),
              report.dataShare(),
              report.communicationShare(),
              report));
    }
  }

  private void tell(RankReport report) {
    context.report(Json.line(report));
  }
}
