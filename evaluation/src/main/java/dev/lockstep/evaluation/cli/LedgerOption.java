package dev.lockstep.evaluation.cli;

import dev.lockstep.distributor.experiment.Experiment;
import dev.lockstep.evaluation.ledger.LedgerPath;
import picocli.CommandLine.Option;

/** Which ledger a command means; a picocli mixin. */
final class LedgerOption {
  @Option(
      names = "--ledger",
      paramLabel = "PATH",
      defaultValue = "${env:LOCKSTEP_LEDGER}",
      description =
          "The ledger of runs, a Delta table. Default: the variable LOCKSTEP_LEDGER, else the folder"
              + " 'ledger' in the output folder.")
  private String path;

  /** The ledger of the default output folder, unless another is said. */
  String path() {
    return path(Experiment.OUTPUT);
  }

  /** The ledger of an output folder, unless another is said. */
  String path(String output) {
    return isSaid() ? path : LedgerPath.beside(output);
  }

  /** This option as a person types it; nothing if no ledger is said. */
  String shown() {
    return isSaid() ? " --ledger " + path : "";
  }

  private boolean isSaid() {
    return path != null && !path.isBlank();
  }
}
