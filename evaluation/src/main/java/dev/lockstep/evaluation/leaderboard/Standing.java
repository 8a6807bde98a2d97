package dev.lockstep.evaluation.leaderboard;

import dev.lockstep.evaluation.result.ModelResult;
import dev.lockstep.evaluation.uncertainty.Interval;

/**
 * A model over the tables of a suite.
 *
 * @param name its name
 * @param kind what it is
 * @param meanRank mean of its ranks, 1 for the best of a table; equal models share a rank
 * @param wins tables on which it is best; models that are equally good share the table
 * @param elo its Elo rating, 1000 for the mean of all models
 * @param eloInterval 95 % interval of that over other tables
 * @param improvability mean share of its error that the best model of a table does not make, from 0
 * @param normalizedScore mean score, where the best model of a table has 1 and the median, or what
 *     is below it, has 0
 * @param tuneSeconds median over tables of how long tuning took
 * @param trainSeconds median over tables of how long training took
 * @param predictSeconds median over tables of how long a million rows take to score
 */
public record Standing(
    String name,
    ModelResult.Kind kind,
    double meanRank,
    double wins,
    double elo,
    Interval eloInterval,
    double improvability,
    double normalizedScore,
    double tuneSeconds,
    double trainSeconds,
    double predictSeconds) {}
