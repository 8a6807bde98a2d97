package dev.lockstep.evaluation.insight;

import com.fasterxml.jackson.annotation.JsonAlias;
import dev.lockstep.evaluation.uncertainty.Interval;

/**
 * Test rows that have something in common, and how two models do on them.
 *
 * @param feature the column
 * @param part which of its values
 * @param rows number of rows
 * @param network the network's metric that decides, on these rows; a mean loss in results of an
 *     earlier release
 * @param baseline the baseline's
 * @param gain how much better the network is; negative where it is worse
 * @param interval the gain's, over other units of the rows
 */
public record Slice(
    String feature,
    String part,
    int rows,
    @JsonAlias("networkLoss") double network,
    @JsonAlias("baselineLoss") double baseline,
    double gain,
    Interval interval) {}
