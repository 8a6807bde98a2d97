package dev.lockstep.distributor.optimizer;

/**
 * A run of flat parameters that are updated alike.
 *
 * @param from index of the first value
 * @param to index after the last
 * @param weightDecay decoupled weight decay
 * @param rateFactor factor of the learning rate
 */
public record ParameterGroup(int from, int to, double weightDecay, double rateFactor) {}
