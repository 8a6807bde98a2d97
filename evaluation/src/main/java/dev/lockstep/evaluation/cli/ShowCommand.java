package dev.lockstep.evaluation.cli;

import dev.lockstep.evaluation.ledger.RunRecord;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code lockstep show}. */
@Command(name = "show", description = "Shows everything that the ledger records of a run.")
final class ShowCommand implements Callable<Integer> {
  @Mixin private CommonOptions options;
  @Mixin private LedgerOption ledger;

  @Parameters(
      paramLabel = "RUN",
      description = "A run's id, a prefix of it that is unique, or 'latest'.")
  private String name;

  @Override
  public Integer call() {
    RunRecord run = NamedRun.find(options, ledger.path(), name);
    options.print(run, RunText.all(run));
    return 0;
  }
}
