package dev.lockstep.evaluation.uncertainty;

import dev.lockstep.data.Task;
import dev.lockstep.evaluation.metrics.RowLoss;
import java.util.Optional;
import org.apache.commons.math3.distribution.BinomialDistribution;
import org.apache.commons.math3.distribution.ChiSquaredDistribution;

/**
 * McNemar's test of two accuracies on the same rows (McNemar, Psychometrika 1947), by the rows that
 * only one of the two models gets right: exact by the binomial distribution where they are fewer
 * than 25, else by chi-square with Edwards's correction. It knows no sample weights, and takes each
 * model's first seed.
 *
 * @param onlyFirst rows that only the first model gets right
 * @param onlySecond rows that only the second gets right
 * @param exact whether the p-value is the binomial distribution's
 * @param p two-sided probability of counts this unlike where neither model is better
 */
public record McNemar(long onlyFirst, long onlySecond, boolean exact, double p) {
  private static final int FEW = 25;

  /** Tests two classifiers; nothing for regression or where rows weigh differently. */
  public static Optional<McNemar> test(Contender first, Contender second) {
    var rows = first.bySeed().get(0);
    rows.checkSameRows(second.bySeed().get(0));
    if (rows.task() == Task.REGRESSION || !rows.equalWeights()) {
      return Optional.empty();
    }
    double[] firstWrong = RowLoss.wrong(rows);
    double[] secondWrong = RowLoss.wrong(second.bySeed().get(0));
    int onlyFirst = 0;
    int onlySecond = 0;
    for (int i = 0; i < firstWrong.length; i++) {
      onlyFirst += firstWrong[i] < secondWrong[i] ? 1 : 0;
      onlySecond += firstWrong[i] > secondWrong[i] ? 1 : 0;
    }
    return Optional.of(of(onlyFirst, onlySecond));
  }

  static McNemar of(int onlyFirst, int onlySecond) {
    int all = onlyFirst + onlySecond;
    if (all < FEW) {
      int fewer = Math.min(onlyFirst, onlySecond);
      double tail = new BinomialDistribution(null, all, 0.5).cumulativeProbability(fewer);
      return new McNemar(onlyFirst, onlySecond, true, Math.min(1, 2 * tail));
    }
    double gap = Math.max(0, Math.abs(onlyFirst - onlySecond) - 1);
    double p = 1 - new ChiSquaredDistribution(null, 1).cumulativeProbability(gap * gap / all);
    return new McNemar(onlyFirst, onlySecond, false, p);
  }
}
