package dev.lockstep.evaluation.cli;

import dev.lockstep.evaluation.ledger.Ledger;
import dev.lockstep.evaluation.ledger.Reproduction;
import dev.lockstep.evaluation.ledger.RunRecord;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockstep reproduce}. */
@Command(
    name = "reproduce",
    description =
        "Reruns a run from its row in the ledger, on the version that it read, and compares"
            + " weights and metrics. Exit code 0: the same, bit for bit.")
final class ReproduceCommand implements Callable<Integer> {
  @Mixin private CommonOptions options;
  @Mixin private JobFlags job;
  @Mixin private LedgerOption ledger;

  @Parameters(paramLabel = "RUN", description = "A run, as for 'show'.")
  private String name;

  @Option(
      names = "--output",
      description = "Folder in which the new run gets one of its own. Default: that of the run.")
  private String output;

  @Override
  public Integer call() {
    SparkSession spark = CommandSession.of(options);
    Ledger runs = new Ledger(spark, ledger.path());
    RunRecord run = runs.find(name);
    String folder = output == null ? run.folder().replaceFirst("/[^/]+/?$", "") : output;
    Reproduction outcome =
        Reproduction.of(
            spark, job.options(), new ProgressListener(options.progress()), runs, run, folder);
    String differences =
        outcome.differences().stream().map(d -> "\n  " + d).collect(Collectors.joining());
    options.print(outcome.json(), outcome.sentence() + differences);
    return outcome.same() ? 0 : 1;
  }
}
