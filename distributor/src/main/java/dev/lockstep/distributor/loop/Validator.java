package dev.lockstep.distributor.loop;

import dev.lockstep.data.Task;
import dev.lockstep.distributor.collective.ScalarAllGather;
import dev.lockstep.distributor.rows.Batch;
import dev.lockstep.distributor.rows.LaneRanges;
import dev.lockstep.distributor.rows.RankRows;
import dev.lockstep.distributor.spec.ValidationMetric;
import dev.lockstep.distributor.step.Inference;
import dev.lockstep.distributor.step.Inference.RowScores;

/**
 * The validation split's metric, over all ranks. Every lane is scored by itself and the lanes' sums
 * are added in their order, so the value does not depend on which rank holds which lane.
 */
final class Validator {
  private static final int CHUNK = 4096;

  private final RankRows rankRows;
  private final Inference inference;
  private final ScalarAllGather exchange;
  private final Runnable progress;
  private final int lanes;
  private final Batch batch;
  private final int rounds;

  /**
   * The validation split's values.
   *
   * @param loss weighted mean of the losses
   * @param accuracy weighted share of right classes; NaN for regression
   */
  record Score(double loss, double accuracy) {
    double of(ValidationMetric metric) {
      return metric == ValidationMetric.LOSS ? loss : accuracy;
    }
  }

  Validator(
      RankRows rankRows,
      Inference inference,
      ScalarAllGather exchange,
      int lanes,
      Runnable progress) {
    this.rankRows = rankRows;
    this.inference = inference;
    this.exchange = exchange;
    this.lanes = lanes;
    this.progress = progress;
    this.batch = rankRows.newBatch(CHUNK);
    this.rounds = inference.isShared() ? mostRounds() : 0;
  }

  /** The largest number of batches that a rank scores. */
  private int mostRounds() {
    LaneRanges own = rankRows.validation();
    int mine = 0;
    for (int i = 0; i < own.lanes(); i++) {
      mine += Math.toIntExact((own.rows(i) + CHUNK - 1) / CHUNK);
    }
    int most = 0;
    for (double[] ofRank : exchange.gather(mine)) {
      most = Math.max(most, (int) ofRank[0]);
    }
    return most;
  }

  /** Scores the split with the current weights; all ranks call it together. */
  Score score(Task task) {
    LaneRanges own = rankRows.validation();
    double[] loss = new double[own.lanes()];
    double[] right = new double[own.lanes()];
    double[] weight = new double[own.lanes()];
    int round = 0;
    for (int i = 0; i < own.lanes(); i++) {
      for (long done = 0; done < own.rows(i); done += CHUNK) {
        int count = (int) Math.min(CHUNK, own.rows(i) - done);
        progress.run();
        rankRows.fillValidation(batch, i, done, count);
        RowScores scores = inference.score(batch, task != Task.REGRESSION);
        for (int row = 0; row < count; row++) {
          double w = scores.weight(row);
          loss[i] += w * scores.loss(row);
          right[i] += scores.right(row) ? w : 0;
          weight[i] += w;
        }
        round++;
      }
    }
    for (; round < rounds; round++) {
      rankRows.fillValidation(batch, 0, 0, 0); // The other ranks may ask for this one's rows.
      inference.score(batch, false);
    }
    double total = sum(exchange.gatherLanes(weight, lanes));
    double meanLoss = sum(exchange.gatherLanes(loss, lanes)) / total;
    double accuracy = sum(exchange.gatherLanes(right, lanes)) / total;
    return new Score(meanLoss, task == Task.REGRESSION ? Double.NaN : accuracy);
  }

  private static double sum(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }
}
