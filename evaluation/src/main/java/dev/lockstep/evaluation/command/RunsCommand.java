package dev.lockstep.evaluation.command;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.command.CommonOptions;
import dev.lockstep.evaluation.ledger.RunRecord;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lockstep runs}. */
@Command(name = "runs", description = "Lists the runs of the ledger, newest first.")
public final class RunsCommand implements Callable<Integer> {
  @Mixin private CommonOptions options;
  @Mixin private LedgerOption ledger;

  @Option(
      names = "--where",
      paramLabel = "SQL",
      defaultValue = "",
      description =
          "Only runs that meet a condition on the ledger's columns, such as"
              + " \"metrics['mlp']['auc'] > 0.9 and status = 'finished'\".")
  private String where;

  @Option(
      names = "--limit",
      defaultValue = "50",
      description = "How many at most. Default: ${DEFAULT-VALUE}.")
  private int limit;

  @Override
  public Integer call() {
    if (limit < 1) {
      throw new LockstepException("--limit is " + limit, "Give a number of at least 1");
    }
    List<RunRecord> runs = ledger.open(options.session()).runs(where, limit);
    options.print(runs, RunText.list(runs));
    return 0;
  }
}
