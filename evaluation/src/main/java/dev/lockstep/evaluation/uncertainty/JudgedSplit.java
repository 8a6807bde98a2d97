package dev.lockstep.evaluation.uncertainty;

import dev.lockstep.evaluation.metrics.Scores;
import java.util.List;

/**
 * Models on the test rows of one split.
 *
 * @param contenders the models
 * @param units what of these rows chance draws whole
 * @param learnedRows number of rows of the split that the models had to learn from
 */
public record JudgedSplit(List<Contender> contenders, Units units, long learnedRows) {
  /** Copies the list and checks that all models were judged on the same rows. */
  public JudgedSplit {
    contenders = List.copyOf(contenders);
    Scores rows = contenders.get(0).bySeed().get(0);
    contenders.forEach(c -> rows.checkSameRows(c.bySeed().get(0)));
  }
}
