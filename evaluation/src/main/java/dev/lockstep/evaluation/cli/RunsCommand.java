package dev.lockstep.evaluation.cli;

import dev.lockstep.data.LockstepException;
import dev.lockstep.evaluation.ledger.KeptRuns;
import dev.lockstep.evaluation.ledger.Ledger;
import dev.lockstep.evaluation.ledger.QuickLedger;
import dev.lockstep.evaluation.ledger.RunRecord;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lockstep runs}. */
@Command(name = "runs", description = "Lists the runs of the ledger, newest first.")
final class RunsCommand implements Callable<Integer> {
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

  @Option(
      names = "--add",
      paramLabel = "RUN",
      arity = "1..*",
      description =
          "Add runs whose row could not be written: a run's folder, or its name beside the ledger.")
  private List<String> added;

  @Override
  public Integer call() {
    if (added != null) {
      SparkSession spark = CommandSession.of(options);
      List<RunRecord> rows = new KeptRuns(spark, new Ledger(spark, ledger.path())).add(added);
      options.print(rows, RunText.list(rows));
      return 0;
    }
    if (limit < 1) {
      throw new LockstepException("--limit is " + limit, "Give a number of at least 1");
    }
    List<RunRecord> runs = runs(ledger.path());
    options.print(runs, RunText.list(runs));
    return 0;
  }

  /** A condition is SQL, which is Spark's; all else is read without it where that is possible. */
  private List<RunRecord> runs(String path) {
    return Optional.of(where)
        .filter(String::isBlank)
        .flatMap(all -> options.hadoopAlone())
        .flatMap(hadoop -> new QuickLedger(path, hadoop).runs(limit))
        .orElseGet(() -> new Ledger(CommandSession.of(options), path).runs(where, limit));
  }
}
