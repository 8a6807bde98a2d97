package dev.lockstep.evaluation.cli;

import dev.lockstep.distributor.experiment.Experiment;
import dev.lockstep.evaluation.comparison.ComparisonListener;
import dev.lockstep.evaluation.ledger.Ledger;
import dev.lockstep.evaluation.ledger.RecordedTraining;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockstep train}. */
@Command(
    name = "train",
    description =
        "Trains the networks of an experiment, each once a seed, without baselines or a report.")
final class TrainCommand implements Callable<Integer> {
  @Mixin private CommonOptions options;
  @Mixin private ExperimentOptions given;
  @Mixin private JobFlags job;
  @Mixin private LedgerOption ledger;
  @Mixin private TrackingOptions tracking;

  @Parameters(
      paramLabel = "EXPERIMENT",
      description = "The experiment file (YAML): a path, or a URI such as hdfs://host/path.")
  private String file;

  @Option(
      names = "--resume",
      paramLabel = "RUN",
      description =
          "Resume a run that was cut off: networks that are trained are not trained again, the next"
              + " one is resumed from its last checkpoint.")
  private String resumed;

  @Override
  public Integer call() {
    Experiment experiment = given.read(file);
    String command = "lockstep train " + file + given.shown();
    SparkSession spark = CommandSession.of(options);
    Ledger runs = new Ledger(spark, ledger.path(experiment.output()));
    CutOffRun cutOff = new CutOffRun(command + ledger.shown() + tracking.shown());
    ComparisonListener listener =
        tracking.with(new ProgressListener(options.progress(), cutOff::begun));
    RecordedTraining training = new RecordedTraining(spark, job.options(), listener, runs);
    options.ifCutOff(() -> cutOff.wayOut(training));
    TrainingText text;
    try {
      text =
          new TrainingText(
              resumed == null
                  ? training.run(experiment, "bin/" + command, given.recorded())
                  : training.resume(resumed, experiment, "bin/" + command, given.recorded()));
    } catch (RuntimeException e) {
      cutOff.resumption(training).ifPresent(options.progress()::done);
      throw e;
    }
    options.print(text.json(), text.all());
    return 0;
  }
}
