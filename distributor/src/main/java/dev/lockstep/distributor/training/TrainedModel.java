package dev.lockstep.distributor.training;

import dev.lockstep.distributor.loop.EpochReport;
import dev.lockstep.distributor.spec.Training;
import java.util.List;

/**
 * A finished training.
 *
 * @param folder where the model is
 * @param weightsSha256 SHA-256 of its weights, the same on all ranks
 * @param worldSize number of ranks
 * @param bestEpoch the epoch whose weights were kept, from 1
 * @param history what each epoch came to
 * @param stepLosses mean loss of each step of the last attempt
 * @param resumedAt steps that had been taken before the last attempt; 0 if it was the only one
 * @param training how it was trained
 * @param seconds from the first shuffle to the saved model
 */
public record TrainedModel(
    String folder,
    String weightsSha256,
    int worldSize,
    int bestEpoch,
    List<EpochReport> history,
    List<Double> stepLosses,
    long resumedAt,
    Training training,
    double seconds) {
  /** Copies the lists. */
  public TrainedModel {
    history = List.copyOf(history);
    stepLosses = List.copyOf(stepLosses);
  }
}
