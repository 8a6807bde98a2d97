package dev.lockstep.evaluation.insight;

/**
 * How much a model needs a feature.
 *
 * @param feature the column
 * @param loss how much worse the metric that decides is, in its units, when the column's values are
 *     shuffled among the rows; around 0 for a feature that is not used
 */
public record Importance(String feature, double loss) {}
