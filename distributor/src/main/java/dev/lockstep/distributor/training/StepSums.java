package dev.lockstep.distributor.training;

/**
 * What ranks tell each other before each update, summed in the order of the ranks.
 *
 * @param loss sum of weighted losses
 * @param weight sum of weights
 * @param saves whether rank 0 wants a checkpoint after this step
 */
record StepSums(double loss, double weight, boolean saves) {
  static StepSums over(Exchange exchange, double loss, double weight, boolean saves) {
    double[][] all = exchange.gather(loss, weight, saves ? 1 : 0);
    double losses = 0;
    double weights = 0;
    for (double[] ofRank : all) {
      losses += ofRank[0];
      weights += ofRank[1];
    }
    return new StepSums(losses, weights, all[0][2] != 0);
  }
}
