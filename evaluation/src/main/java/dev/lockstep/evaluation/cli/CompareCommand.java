package dev.lockstep.evaluation.cli;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Task;
import dev.lockstep.distributor.experiment.Experiment;
import dev.lockstep.distributor.experiment.RunFolder;
import dev.lockstep.evaluation.comparison.ComparisonListener;
import dev.lockstep.evaluation.comparison.FurtherMetric;
import dev.lockstep.evaluation.ledger.Ledger;
import dev.lockstep.evaluation.ledger.RecordedComparison;
import dev.lockstep.evaluation.ledger.Reproduction;
import dev.lockstep.evaluation.ledger.RunRecord;
import dev.lockstep.evaluation.report.TextTable;
import dev.lockstep.evaluation.result.ComparisonResult;
import dev.lockstep.evaluation.result.FurtherMetricResult;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockstep compare}. */
@Command(
    name = "compare",
    description =
        "Trains the networks and the baselines of an experiment on the same rows, and judges them on"
            + " the same test split. With --label, writes the experiment for a table first.")
final class CompareCommand implements Callable<Integer> {
  @Mixin private CommonOptions options;
  @Mixin private ExperimentOptions given;
  @Mixin private JobFlags job;
  @Mixin private LedgerOption ledger;
  @Mixin private TrackingOptions tracking;

  @Parameters(
      paramLabel = "EXPERIMENT",
      description =
          "The experiment file (YAML): a path, or a URI such as hdfs://host/path. With --label, a table instead: CSV or Parquet files, or a Delta table.")
  private String file;

  @Option(
      names = "--resume",
      paramLabel = "RUN",
      description =
          "Resume a run that was cut off: what is trained and judged is not trained again.")
  private String resumed;

  @Option(
      names = "--again",
      paramLabel = "METRIC",
      description =
          "Compare the models of a finished run by another metric, from the predictions that it kept: nothing is trained. EXPERIMENT is then the run: its id, a prefix of it that is unique, or 'latest'.")
  private String metric;

  @ArgGroup(
      exclusive = false,
      heading = "%nFor a table instead of an experiment file, as for 'lockstep init':%n")
  private DataFlags data;

  @Override
  public Integer call() {
    if (metric != null) {
      again();
      return 0;
    }
    if (data == null) {
      if (NewExperiment.isData(file)) {
        throw new LockstepException(
            file + " is data, not an experiment file",
            "Say what is to be predicted, and one is written: --label COLUMN");
      }
      run(file, "");
      return 0;
    }
    if (file.matches("(?i).*\\.ya?ml")) {
      throw new LockstepException(
          "--label and the options that go with it are for tables, and %s is an experiment file"
              .formatted(file),
          "Leave them out, and change the file");
    }
    if (resumed != null) {
      throw new LockstepException(
          "--resume resumes the run of an experiment file, and %s is a table".formatted(file),
          "Name the experiment file that was written for it, without --label");
    }
    NewExperiment written = new NewExperiment(file, data, options);
    written.write();
    run(
        data.experiment().toString(),
        "\n\n%s says what was run. Change it as you like, and run it again: %s"
            .formatted(
                data.experiment(),
                written.rerun() + given.shown() + ledger.shown() + tracking.shown()));
    return 0;
  }

  /** Prints another metric of a finished run, which EXPERIMENT names. */
  private void again() {
    if (data != null || resumed != null || !given.recorded().isEmpty()) {
      throw new LockstepException(
          "--again compares the models of a run that has finished, as they are",
          "Use it with the run alone: lockstep compare %s --again %s".formatted(file, metric));
    }
    SparkSession spark = CommandSession.of(options);
    RunRecord run = new Ledger(spark, ledger.path()).find(file);
    if (run.kind() != RunRecord.Kind.comparison || run.status() != RunRecord.Status.finished) {
      throw new LockstepException(
          "run %s is no comparison that has finished".formatted(run.runId()),
          "Choose one that 'lockstep runs' shows as a finished comparison");
    }
    FurtherMetric.check(metric, Task.valueOf(run.task().toUpperCase(Locale.ROOT)));
    Path path = new Path(run.folder());
    RunFolder folder =
        RunFolder.open(
            String.valueOf(path.getParent()), path.getName(), spark.sessionState().newHadoopConf());
    FurtherMetricResult result =
        new FurtherMetric(
                spark,
                Reproduction.experiment(spark, run),
                folder,
                new ProgressListener(options.progress(), begun -> {}))
            .of(metric);
    options.print(result, FurtherMetricText.of(result));
  }

  /** Runs an experiment file, and prints the result and what follows it. */
  private void run(String experimentFile, String after) {
    Experiment experiment = given.read(experimentFile);
    String command = "lockstep compare " + experimentFile + given.shown();
    SparkSession spark = CommandSession.of(options);
    Ledger runs = new Ledger(spark, ledger.path(experiment.output()));
    CutOffRun cutOff = new CutOffRun(command + ledger.shown() + tracking.shown());
    ComparisonListener listener =
        tracking.with(new ProgressListener(options.progress(), cutOff::begun));
    RecordedComparison comparison = new RecordedComparison(spark, job.options(), listener, runs);
    options.ifCutOff(() -> cutOff.wayOut(comparison));
    ComparisonResult result;
    try {
      result =
          resumed == null
              ? comparison.run(experiment, "bin/" + command, given.recorded())
              : comparison.resume(resumed, experiment, "bin/" + command, given.recorded());
    } catch (RuntimeException e) {
      cutOff.resumption(comparison).ifPresent(options.progress()::done);
      throw e;
    }
    options.print(result, TextTable.render(result) + after);
  }
}
