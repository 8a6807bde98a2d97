package dev.lockstep.evaluation.leaderboard;

import dev.lockstep.evaluation.uncertainty.Evidence;

/**
 * Two models over the tables of a suite.
 *
 * @param first the one with the better mean rank
 * @param second the other
 * @param wins tables on which the first is better; half a table where both are equal
 * @param p two-sided probability of differences such as these where there is none, by Wilcoxon's
 *     signed-rank test of improvability
 * @param adjustedP the same among all pairs, by Holm's method; 1 where Friedman's test does not
 *     tell the models apart
 */
public record Pair(String first, String second, double wins, double p, double adjustedP) {
  /** Whether the two differ by more than chance. */
  public boolean shown() {
    return adjustedP < Evidence.LEVEL;
  }
}
