package dev.lockstep.evaluation.insight;

import dev.lockstep.evaluation.uncertainty.Interval;

/**
 * Test rows that have something in common, and how two models do on them.
 *
 * @param feature the column
 * @param part which of its values
 * @param rows number of rows
 * @param networkLoss the network's mean loss: log loss, or squared error for regression
 * @param baselineLoss the baseline's
 * @param gain how much less the network loses; negative where it loses more
 * @param interval the gain's, from the normal distribution of a mean
 */
public record Slice(
    String feature,
    String part,
    int rows,
    double networkLoss,
    double baselineLoss,
    double gain,
    Interval interval) {}
