package dev.lockstep.evaluation.cli;

import dev.lockstep.distributor.experiment.RunFolder;
import dev.lockstep.evaluation.ledger.RecordedComparison;
import dev.lockstep.evaluation.ledger.RecordedTraining;
import java.util.Optional;

/** How a training or a comparison is resumed that was cut off or failed. */
final class CutOffRun {
  private final String command;
  private volatile RunFolder folder;

  /**
   * A run that has not begun.
   *
   * @param command what a person types to begin it
   */
  CutOffRun(String command) {
    this.command = command;
  }

  /** It has begun. */
  void begun(RunFolder run) {
    folder = run;
  }

  /** How a training is resumed; empty where there is nothing to resume from, or nothing to do. */
  Optional<String> resumption(RecordedTraining training) {
    if (folder == null || training.isDone()) {
      return Optional.empty();
    }
    Optional<String> checkpoint =
        training
            .lastCheckpoint()
            .map(step -> resumes("the run from its last checkpoint, step %d".formatted(step)));
    return checkpoint.or(
        () ->
            training.trained() == 0
                ? Optional.empty()
                : Optional.of(resumes("the run with its next network")));
  }

  /** How a comparison is resumed; empty where it has not begun, or nothing is left to do. */
  Optional<String> resumption(RecordedComparison comparison) {
    return folder == null || comparison.isDone()
        ? Optional.empty()
        : Optional.of(resumes("the run"));
  }

  /** What a person can do now. */
  String wayOut(RecordedTraining training) {
    return training.isDone()
        ? done()
        : resumption(training).orElse("It has no checkpoint yet: run the command again");
  }

  /** What a person can do now. */
  String wayOut(RecordedComparison comparison) {
    return comparison.isDone() ? done() : resumption(comparison).orElse("Run the command again");
  }

  private String resumes(String what) {
    return "'%s --resume %s' resumes %s".formatted(command, folder.runId(), what);
  }

  private String done() {
    return "All models are trained: see %s, and whether the ledger has the run"
        .formatted(folder.shown());
  }
}
