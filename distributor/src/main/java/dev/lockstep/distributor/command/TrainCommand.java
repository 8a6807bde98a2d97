package dev.lockstep.distributor.command;

import dev.lockstep.data.Preparation;
import dev.lockstep.data.PreparedData;
import dev.lockstep.data.command.CommandSession;
import dev.lockstep.data.command.CommonOptions;
import dev.lockstep.data.command.Progress;
import dev.lockstep.distributor.doctor.Doctor;
import dev.lockstep.distributor.doctor.Needs;
import dev.lockstep.distributor.experiment.Experiment;
import dev.lockstep.distributor.experiment.ExperimentFile;
import dev.lockstep.distributor.experiment.ResumedRun;
import dev.lockstep.distributor.experiment.RunFolder;
import dev.lockstep.distributor.training.EpochReport;
import dev.lockstep.distributor.training.ModelFolder;
import dev.lockstep.distributor.training.TrainedModel;
import dev.lockstep.distributor.training.Trainer;
import dev.lockstep.distributor.training.TrainingData;
import dev.lockstep.distributor.training.TrainingSpec;
import dev.lockstep.models.EstimatorSpec;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockstep train}. */
@Command(name = "train", description = "Trains the network of an experiment, and nothing else.")
public final class TrainCommand implements Callable<Integer> {
  @Mixin private CommonOptions options;
  @Mixin private JobFlags job;

  @Parameters(
      paramLabel = "EXPERIMENT",
      description = "The experiment file (YAML): a path, or a URI such as hdfs://host/path.")
  private String file;

  @Option(names = "--ranks", description = "Ranks, instead of what the file says.")
  private Integer ranks;

  @Option(names = "--output", description = "Output folder, instead of what the file says.")
  private String output;

  @Option(
      names = "--resume",
      paramLabel = "RUN",
      description = "Go on with a run that was cut off, from its last checkpoint.")
  private String resumed;

  private Experiment experiment() {
    Experiment experiment = ExperimentFile.read(file);
    experiment = ranks == null ? experiment : experiment.withRanks(ranks);
    return output == null ? experiment : experiment.withOutput(output);
  }

  @Override
  public Integer call() {
    Experiment given = experiment();
    EstimatorSpec model = given.models().get(0);
    String transform = Trainer.numericTransform(model);
    SparkSession spark = CommandSession.of(options);
    Progress progress = options.progress();
    Configuration hadoop = spark.sessionState().newHadoopConf();
    Optional<ResumedRun> resumes =
        resumed == null ? Optional.empty() : Optional.of(ResumedRun.open(spark, resumed, given));
    Experiment experiment = resumes.map(ResumedRun::experiment).orElse(given);
    TrainingSpec training = Trainer.complete(model, experiment.training());
    new Doctor(spark, Needs.of(training, job.options(), experiment.output())).admit(progress);
    try (PreparedData data = Preparation.prepare(spark, experiment.data(), transform)) {
      data.warnings().forEach(w -> progress.done("warning: " + w));
      RunFolder folder =
          resumes.isPresent()
              ? resumes.get().folder()
              : NewRun.begin(experiment, model, data, hadoop);
      progress.done("run " + folder.runId() + " in " + folder.shown());
      // Before the network, whose presence says that the run has finished.
      data.features().save(folder.path() + "/" + model.name() + "/features", spark);
      Trainer trainer = new Trainer(spark, job.options(), progress);
      TrainingData rows = TrainingData.of(data);
      ModelFolder kept = new ModelFolder(folder.path(), model.name());
      Supplier<Optional<String>> resumption =
          () ->
              trainer
                  .lastCheckpoint(rows, model, experiment.training(), experiment.seed(), kept)
                  .map(step -> resumption(folder, step));
      options.ifCutOff(
          () -> resumption.get().orElse("It has no checkpoint yet: run the command again"));
      TrainedModel trained;
      try {
        trained =
            trainer.train(
                rows, model, experiment.training(), experiment.seed(), kept, resumed != null);
      } catch (RuntimeException e) {
        resumption.get().ifPresent(progress::done);
        throw e;
      }
      print(folder, data, model, trained);
    }
    return 0;
  }

  /** How a run goes on that was cut off. */
  private String resumption(RunFolder folder, long step) {
    return "'lockstep train %s --resume %s' continues the run from its last checkpoint, step %d"
        .formatted(file, folder.runId(), step);
  }

  private void print(
      RunFolder folder, PreparedData data, EstimatorSpec model, TrainedModel trained) {
    EpochReport best = trained.history().get(Math.max(trained.bestEpoch(), 1) - 1);
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("runId", folder.runId());
    result.put("table", data.snapshot().table());
    result.put("version", data.snapshot().version());
    Map<String, Long> splits = new LinkedHashMap<>();
    new TreeMap<>(data.rows()).forEach((split, rows) -> splits.put(split.column(), rows));
    result.put("splits", splits);
    result.put("model", model.name());
    result.put("worldSize", trained.worldSize());
    result.put("bestEpoch", trained.bestEpoch());
    result.put("trainLoss", best.trainLoss());
    result.put("validationLoss", best.validationLoss());
    result.put("trainSeconds", trained.seconds());
    result.put("weightsSha256", trained.weightsSha256());
    result.put("resumedAtStep", trained.resumedAt());
    result.put("folder", folder.shown());
    StringBuilder text = new StringBuilder();
    result.forEach(
        (key, value) -> text.append(String.format(Locale.ROOT, "%-15s %s%n", key, value)));
    options.print(result, text.toString().stripTrailing());
  }
}
