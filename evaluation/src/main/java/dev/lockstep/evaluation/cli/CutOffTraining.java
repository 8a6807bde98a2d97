package dev.lockstep.evaluation.cli;

import dev.lockstep.distributor.experiment.RunFolder;
import dev.lockstep.evaluation.ledger.RecordedTraining;
import java.util.Optional;

/** How a training goes on that was cut off or failed. */
final class CutOffTraining {
  private final String command;
  private volatile String runId;

  /**
   * A training that has not begun.
   *
   * @param command what a person types to begin it
   */
  CutOffTraining(String command) {
    this.command = command;
  }

  /** It has begun. */
  void begun(RunFolder folder) {
    runId = folder.runId();
  }

  /** How it goes on; empty where there is nothing to go on with. */
  Optional<String> resumption(RecordedTraining training) {
    if (runId == null) {
      return Optional.empty();
    }
    String resume = "'%s --resume %s'".formatted(command, runId);
    Optional<String> checkpoint =
        training
            .lastCheckpoint()
            .map(
                step ->
                    "%s continues the run from its last checkpoint, step %d"
                        .formatted(resume, step));
    return checkpoint.or(
        () ->
            training.trained() == 0
                ? Optional.empty()
                : Optional.of("%s continues the run with its next network".formatted(resume)));
  }

  /** What a person can do now. */
  String wayOut(RecordedTraining training) {
    return resumption(training).orElse("It has no checkpoint yet: run the command again");
  }
}
