package dev.lockstep.evaluation.result;

/**
 * A network that {@code train} has trained.
 *
 * @param model its folder in the run's, {@code mlp}, or with several seeds {@code mlp/seed-2}
 * @param seed its seed
 * @param worldSize number of ranks
 * @param bestEpoch the epoch whose weights were kept, from 1
 * @param trainLoss mean loss of training in that epoch
 * @param validationLoss mean loss on the validation split after it; NaN without such rows
 * @param trainSeconds how long the training took, its last part if it was cut off
 * @param weightsSha256 names its weights
 * @param resumedAtStep steps that had been taken before the last attempt; 0 if it was the only one
 */
public record TrainedNetworkResult(
    String model,
    long seed,
    int worldSize,
    int bestEpoch,
    double trainLoss,
    double validationLoss,
    double trainSeconds,
    String weightsSha256,
    long resumedAtStep) {}
