package dev.lockstep.distributor.loop;

import java.io.Serializable;

/**
 * What an epoch came to, over all ranks.
 *
 * @param epoch the epoch, from 1
 * @param step steps taken since the beginning of the training; 0 in a report of an earlier release
 * @param trainLoss weighted mean of the training losses, taken while the weights changed
 * @param validationLoss weighted mean of the losses on the validation split; NaN without one
 * @param validationMetric what early stopping watched; NaN without a validation split
 * @param best whether no epoch before was as good
 * @param learningRate the rate of the last step
 * @param rows rows that were trained on
 * @param seconds how long the epoch took, validation included
 * @param dataShare share of the time in which rank 0 waited for batches
 * @param communicationShare share of the time that rank 0 spent in collectives
 */
public record EpochReport(
    int epoch,
    long step,
    double trainLoss,
    double validationLoss,
    double validationMetric,
    boolean best,
    double learningRate,
    long rows,
    double seconds,
    double dataShare,
    double communicationShare)
    implements Serializable {
  /** Rows a second, over all ranks. */
  public double rowsPerSecond() {
    return rows / seconds;
  }
}
