package dev.lockstep.evaluation.cli;

import dev.lockstep.evaluation.leaderboard.SuiteResult;
import dev.lockstep.evaluation.ledger.Ledger;
import dev.lockstep.evaluation.report.SuitePage;
import dev.lockstep.evaluation.suite.Suite;
import dev.lockstep.evaluation.suite.SuiteFile;
import dev.lockstep.evaluation.suite.SuiteRuns;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code lockstep suite}. */
@Command(
    name = "suite",
    description =
        "Compares the same models on many tables and ranks them. Tables that have a result are not"
            + " run again, so a suite that was cut off goes on when it is started again.")
final class SuiteCommand implements Callable<Integer> {
  @Mixin private CommonOptions options;
  @Mixin private JobFlags job;
  @Mixin private LedgerOption ledger;

  @Parameters(
      paramLabel = "SUITE",
      description = "The suite file (YAML): a path, or a URI such as hdfs://host/path.")
  private String file;

  @Override
  public Integer call() {
    Suite suite = SuiteFile.read(file);
    SparkSession spark = CommandSession.of(options);
    Ledger runs = new Ledger(spark, ledger.path(suite.output()));
    options.ifCutOff(() -> "Run the command again: it goes on with the table that it was at");
    SuiteResult result =
        new SuiteRuns(spark, job.options(), new ProgressListener(options.progress()), runs)
            .run(suite, file);
    options.print(result, SuitePage.text(result));
    return result.failed().isEmpty() ? 0 : 1;
  }
}
