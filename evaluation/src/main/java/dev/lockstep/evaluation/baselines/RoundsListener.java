package dev.lockstep.evaluation.baselines;

import dev.lockstep.data.progress.Phase;
import dev.lockstep.distributor.rendezvous.JobListener;
import dev.lockstep.distributor.training.TrainingListener;
import java.util.Locale;

/**
 * Tells of the rounds of boosting, and of what goes wrong on the way.
 *
 * @param rounds largest number of rounds
 */
record RoundsListener(int rounds, TrainingListener listener) implements JobListener {
  /** The phase that {@code BaselineLearner} begins and ends. */
  private static final String PHASE = "training xgboost";

  /** What a rank reports of a round, from 1. */
  static String message(int round, double leastLoss) {
    return Double.isFinite(leastLoss)
        ? String.format(Locale.ROOT, "%d least validation loss %.5f", round, leastLoss)
        : String.valueOf(round);
  }

  @Override
  public void report(int rank, String message) {
    if (rank == 0) {
      String[] words = message.split(" ", 2);
      String detail = words.length > 1 ? words[1] : "";
      listener.progressed(new Phase(PHASE, detail, Long.parseLong(words[0]), rounds));
    }
  }

  @Override
  public void warned(int rank, String message) {
    listener.warned("rank %d: %s".formatted(rank, message));
  }

  @Override
  public void failed(int rank, int attempt, String cause) {
    listener.attemptFailed(rank, attempt + 1, cause);
  }
}
