package dev.lockstep.evaluation.cli;

import dev.lockstep.evaluation.ledger.RunDiff;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code lockstep diff}. */
@Command(
    name = "diff",
    description = "Shows what differs between two runs: data, configuration, code and results.")
final class DiffCommand implements Callable<Integer> {
  @Mixin private CommonOptions options;
  @Mixin private LedgerOption ledger;

  @Parameters(index = "0", paramLabel = "RUN", description = "A run, as for 'show'.")
  private String from;

  @Parameters(index = "1", paramLabel = "RUN", description = "Another.")
  private String to;

  @Override
  public Integer call() {
    String path = ledger.path();
    RunDiff diff = RunDiff.of(NamedRun.find(options, path, from), NamedRun.find(options, path, to));
    options.print(diff, RunText.diff(diff));
    return 0;
  }
}
