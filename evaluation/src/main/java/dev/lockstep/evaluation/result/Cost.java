package dev.lockstep.evaluation.result;

/**
 * What a model cost, apart from the seconds of training and prediction; means over seeds.
 *
 * @param tuneSeconds all trials together; 0 without tuning
 * @param cpuSeconds processor time of training: this process's, or on a cluster that of Spark's
 *     tasks
 * @param peakMegabytes most memory that this process held while the model was trained and judged;
 *     NaN on a cluster, where it would be the driver's alone
 * @param learnedNumbers weights of a network, nodes of trees, coefficients
 */
public record Cost(
    double tuneSeconds, double cpuSeconds, double peakMegabytes, long learnedNumbers) {}
