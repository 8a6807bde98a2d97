package dev.lockstep.distributor.loop;

/**
 * How a rank gets on within an epoch.
 *
 * @param epoch the epoch, from 1
 * @param epochs largest number of epochs
 * @param step the step within the epoch, from 1
 * @param steps steps an epoch
 * @param loss mean loss of the epoch so far, over all ranks
 * @param rowsPerSecond rows a second of all ranks since the last report
 * @param dataShare share of the time since then in which this rank waited for batches
 * @param communicationShare share that it spent in collectives
 * @param allReduceMillis mean time of a step in collectives, waiting for others included
 * @param seconds time since the last report
 * @param ownRowsPerSecond rows a second of this rank
 */
public record StepReport(
    int epoch,
    int epochs,
    int step,
    int steps,
    double loss,
    double rowsPerSecond,
    double dataShare,
    double communicationShare,
    double allReduceMillis,
    double seconds,
    double ownRowsPerSecond) {
  /** Number of steps done since the training began. */
  public long stepsDone() {
    return (epoch - 1L) * steps + step;
  }

  /** Number of steps of the longest possible training. */
  public long mostSteps() {
    return (long) epochs * steps;
  }
}
