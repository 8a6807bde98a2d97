package dev.lockstep.distributor.step;

import dev.lockstep.distributor.collective.ScalarAllGather;

/**
 * What ranks tell each other before each update, summed in the order of the ranks.
 *
 * @param loss sum of weighted losses
 * @param weight sum of weights
 * @param signal what rank 0 tells all ranks with this step, so that they act on it after the same
 *     step: in training, that it wants a checkpoint
 */
public record StepSums(double loss, double weight, boolean signal) {
  static StepSums over(ScalarAllGather scalars, double loss, double weight, boolean signal) {
    double[][] all = scalars.gather(loss, weight, signal ? 1 : 0);
    double losses = 0;
    double weights = 0;
    for (double[] ofRank : all) {
      losses += ofRank[0];
      weights += ofRank[1];
    }
    return new StepSums(losses, weights, all[0][2] != 0);
  }
}
