package dev.lockstep.distributor.loop;

import dev.lockstep.data.Json;
import dev.lockstep.distributor.metrics.RankMetrics;
import dev.lockstep.distributor.rendezvous.RankContext;

/**
 * Tells the driver and Spark's metrics system, now and then, how a rank gets on and where its time
 * goes.
 */
final class ProgressReporter implements AutoCloseable {
  private static final long EVERY_NANOS = 500_000_000;

  private final RankContext context;
  private final int epochs;
  private final int steps;
  private final double rows;
  private final double ownRows;
  private final RankMetrics metrics;
  private long toldAt = System.nanoTime();
  private long stepsSince;
  private long dataNanos;
  private long communicationNanos;

  /**
   * A reporter.
   *
   * @param steps steps an epoch
   * @param rows rows an epoch, over all ranks
   * @param ownRows rows an epoch of this rank
   */
  ProgressReporter(RankContext context, int epochs, int steps, long rows, long ownRows) {
    this.context = context;
    this.epochs = epochs;
    this.steps = steps;
    this.rows = rows;
    this.ownRows = ownRows;
    this.metrics = new RankMetrics(context.rank());
  }

  /**
   * After a step.
   *
   * @param waited time that this rank has waited for batches so far, in nanoseconds
   * @param communicated time that it has spent in collectives so far
   */
  void step(int epoch, int step, double loss, long waited, long communicated) {
    stepsSince++;
    long now = System.nanoTime();
    boolean last = step == steps;
    if (now - toldAt < EVERY_NANOS && !last) {
      return;
    }
    double seconds = (now - toldAt) / 1e9;
    double stepsPerSecond = stepsSince / seconds;
    double data = (waited - dataNanos) / 1e6 / stepsSince;
    double communication = (communicated - communicationNanos) / 1e6 / stepsSince;
    long taken = (epoch - 1) * (long) steps + step;
    double ownRowsPerSecond = ownRows / steps * stepsPerSecond;
    metrics.show(
        new RankMetrics.Reading(epoch, taken, loss, ownRowsPerSecond, communication, data));
    tell(
        new RankReport.Stepped(
            new StepReport(
                epoch,
                epochs,
                step,
                steps,
                loss,
                rows / steps * stepsPerSecond,
                data * stepsPerSecond / 1e3,
                communication * stepsPerSecond / 1e3,
                communication,
                seconds,
                ownRowsPerSecond)));
    toldAt = now;
    stepsSince = 0;
    dataNanos = waited;
    communicationNanos = communicated;
  }

  /** After an epoch; one rank speaks for all. */
  void epoch(EpochReport report) {
    if (context.rank() == 0) {
      tell(
          new RankReport.EpochEnded(
              new StepReport(
                  report.epoch(),
                  epochs,
                  steps,
                  steps,
                  report.trainLoss(),
                  report.rowsPerSecond(),
                  report.dataShare(),
                  report.communicationShare(),
                  report.communicationShare() * report.seconds() * 1e3 / steps,
                  report.seconds(),
                  ownRows / report.seconds()),
              report));
    }
  }

  private void tell(RankReport report) {
    context.report(Json.line(report));
  }

  @Override
  public void close() {
    metrics.close();
  }
}
