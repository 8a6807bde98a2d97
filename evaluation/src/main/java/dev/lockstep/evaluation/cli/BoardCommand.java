package dev.lockstep.evaluation.cli;

import dev.lockstep.data.LockstepException;
import dev.lockstep.evaluation.board.BoardFile;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lockstep board}. */
@Command(
    name = "board",
    description =
        "Writes one page of the ledger's runs and the suites beside it: to sort, to filter, and to"
            + " lay two runs side by side. It needs no server.")
final class BoardCommand implements Callable<Integer> {
  private static final int MOST_RUNS = 1000;

  @Mixin private CommonOptions options;
  @Mixin private LedgerOption ledger;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "The page. Default: board.html beside the ledger.")
  private String output;

  @Option(
      names = "--limit",
      defaultValue = "200",
      description =
          "How many runs at most, the newest first; up to 1000. Default: ${DEFAULT-VALUE}.")
  private int limit;

  @Override
  public Integer call() {
    if (limit < 1 || limit > MOST_RUNS) {
      throw new LockstepException(
          "--limit is " + limit, "Give a number from 1 to %d".formatted(MOST_RUNS));
    }
    BoardFile file = WrittenBoard.write(options, ledger.path(), limit, Optional.ofNullable(output));
    options.print(
        file,
        "%,d runs, %,d suites%npage     %s".formatted(file.runs(), file.suites(), file.page()));
    return 0;
  }
}
