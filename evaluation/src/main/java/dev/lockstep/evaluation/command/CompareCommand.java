package dev.lockstep.evaluation.command;

import dev.lockstep.data.command.CommandSession;
import dev.lockstep.data.command.CommonOptions;
import dev.lockstep.distributor.command.JobFlags;
import dev.lockstep.distributor.experiment.Experiment;
import dev.lockstep.distributor.experiment.ExperimentFile;
import dev.lockstep.evaluation.ledger.Ledger;
import dev.lockstep.evaluation.ledger.RecordedComparison;
import dev.lockstep.evaluation.report.ComparisonResult;
import dev.lockstep.evaluation.report.TextTable;
import java.util.Map;
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
public final class CompareCommand implements Callable<Integer> {
  @Mixin private CommonOptions options;
  @Mixin private JobFlags job;
  @Mixin private LedgerOption ledger;

  @Parameters(
      paramLabel = "EXPERIMENT",
      description = "The experiment file (YAML): a path, or a URI such as hdfs://host/path.")
  private String file;

  @Option(names = "--ranks", description = "Ranks, instead of what the file says.")
  private Integer ranks;

  @Option(names = "--output", description = "Output folder, instead of what the file says.")
  private String output;

  @Override
  public Integer call() {
    Experiment experiment = ExperimentFile.read(file);
    experiment = ranks == null ? experiment : experiment.withRanks(ranks);
    experiment = output == null ? experiment : experiment.withOutput(output);
    String command = "bin/lockstep compare " + file + (ranks == null ? "" : " --ranks " + ranks);
    Map<String, String> overrides = ranks == null ? Map.of() : Map.of("ranks", ranks.toString());
    SparkSession spark = CommandSession.of(options);
    Ledger runs = new Ledger(spark, ledger.path(experiment.output()));
    ComparisonResult result =
        new RecordedComparison(spark, job.options(), options.progress(), runs)
            .run(experiment, command, overrides);
    options.print(result, TextTable.render(result));
    return 0;
  }
}
