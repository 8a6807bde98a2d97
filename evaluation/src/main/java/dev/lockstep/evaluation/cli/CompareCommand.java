package dev.lockstep.evaluation.cli;

import dev.lockstep.distributor.experiment.Experiment;
import dev.lockstep.evaluation.ledger.Ledger;
import dev.lockstep.evaluation.ledger.RecordedComparison;
import dev.lockstep.evaluation.report.TextTable;
import dev.lockstep.evaluation.result.ComparisonResult;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockstep compare}. */
@Command(
    name = "compare",
    description =
        "Trains the networks and the baselines of an experiment on the same rows, and judges them on"
            + " the same test split.")
final class CompareCommand implements Callable<Integer> {
  @Mixin private CommonOptions options;
  @Mixin private ExperimentOptions given;
  @Mixin private JobFlags job;
  @Mixin private LedgerOption ledger;

  @Parameters(
      paramLabel = "EXPERIMENT",
      description = "The experiment file (YAML): a path, or a URI such as hdfs://host/path.")
  private String file;

  @Option(
      names = "--resume",
      paramLabel = "RUN",
      description =
          "Go on with a run that was cut off: what is trained and judged is not trained again.")
  private String resumed;

  @Override
  public Integer call() {
    Experiment experiment = given.read(file);
    String command = "bin/lockstep compare " + file + given.shown();
    SparkSession spark = CommandSession.of(options);
    Ledger runs = new Ledger(spark, ledger.path(experiment.output()));
    ProgressListener listener =
        new ProgressListener(
            options.progress(),
            run ->
                options.ifCutOff(
                    () ->
                        "'lockstep compare %s%s --resume %s' goes on with the run"
                            .formatted(file, given.shown(), run.runId())));
    RecordedComparison comparison = new RecordedComparison(spark, job.options(), listener, runs);
    ComparisonResult result =
        resumed == null
            ? comparison.run(experiment, command, given.recorded())
            : comparison.resume(resumed, experiment, command, given.recorded());
    options.print(result, TextTable.render(result));
    return 0;
  }
}
