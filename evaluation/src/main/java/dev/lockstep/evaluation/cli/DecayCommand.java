package dev.lockstep.evaluation.cli;

import dev.lockstep.data.progress.Phase;
import dev.lockstep.distributor.experiment.RunFolder;
import dev.lockstep.evaluation.drift.PerformanceDrift;
import dev.lockstep.evaluation.drift.Versions;
import dev.lockstep.evaluation.ledger.Ledger;
import dev.lockstep.evaluation.ledger.RunRecord;
import dev.lockstep.evaluation.report.PerformanceDriftPage;
import dev.lockstep.evaluation.result.PerformanceDriftResult;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockstep decay}. */
@Command(
    name = "decay",
    description =
        "Scores a run's model on later versions of its table, version by version: when did it start"
            + " to fail, and which features drifted?")
final class DecayCommand implements Callable<Integer> {
  private static final String PAGE = "decay.html";

  @Mixin private CommonOptions options;
  @Mixin private LedgerOption ledger;
  @Mixin private ModelOption model;

  @Parameters(paramLabel = "RUN", description = "A run, as for 'show'.")
  private String name;

  @Option(
      names = "--versions",
      defaultValue = "",
      description =
          "Versions and ranges, such as 3,5,8-12. Default: those with other data, 20 at most, evenly"
              + " spread.")
  private String versions;

  @Override
  public Integer call() {
    SparkSession spark = CommandSession.of(options);
    Configuration hadoop = spark.sessionState().newHadoopConf();
    RunRecord run = new Ledger(spark, ledger.path()).find(name);
    Path path = new Path(run.folder());
    RunFolder folder = RunFolder.open(String.valueOf(path.getParent()), path.getName(), hadoop);
    PerformanceDriftResult result =
        new PerformanceDrift(spark, run, NamedModel.find(model, run, spark, options.progress()))
            .run(
                Versions.parse(versions),
                folder.shown() + "/" + PAGE,
                version ->
                    options.progress().progressed(Phase.begun("scoring version " + version)));
    folder.write(PAGE, PerformanceDriftPage.render(result), hadoop);
    options.print(result, PerformanceDriftPage.text(result));
    return 0;
  }
}
