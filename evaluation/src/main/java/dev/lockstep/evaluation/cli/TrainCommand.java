package dev.lockstep.evaluation.cli;

import dev.lockstep.data.preparation.Preparation;
import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.distributor.experiment.Experiment;
import dev.lockstep.distributor.experiment.ResumedRun;
import dev.lockstep.distributor.experiment.RunFolder;
import dev.lockstep.distributor.loop.EpochReport;
import dev.lockstep.distributor.preflight.Doctor;
import dev.lockstep.distributor.preflight.Needs;
import dev.lockstep.distributor.saved.ModelFolder;
import dev.lockstep.distributor.spec.Network;
import dev.lockstep.distributor.training.TrainedModel;
import dev.lockstep.distributor.training.Trainer;
import dev.lockstep.distributor.training.TrainingData;
import dev.lockstep.models.EstimatorSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockstep train}. */
@Command(
    name = "train",
    description = "Trains the network of an experiment, without baselines or a report.")
final class TrainCommand implements Callable<Integer> {
  @Mixin private CommonOptions options;
  @Mixin private ExperimentOptions overrides;
  @Mixin private JobFlags job;

  @Parameters(
      paramLabel = "EXPERIMENT",
      description = "The experiment file (YAML): a path, or a URI such as hdfs://host/path.")
  private String file;

  @Option(
      names = "--resume",
      paramLabel = "RUN",
      description = "Resume an interrupted run from its last checkpoint.")
  private String resumed;

  @Override
  public Integer call() {
    Experiment given = overrides.read(file);
    EstimatorSpec model = given.models().get(0);
    SparkSession spark = CommandSession.of(options);
    Progress progress = options.progress();
    ProgressListener listener = new ProgressListener(progress);
    Configuration hadoop = spark.sessionState().newHadoopConf();
    Optional<ResumedRun> resumes =
        resumed == null ? Optional.empty() : Optional.of(ResumedRun.open(spark, resumed, given));
    Experiment experiment = resumes.map(ResumedRun::experiment).orElse(given);
    Network network = experiment.networks().get(0);
    listener.begins("checking the cluster");
    new Doctor(spark, Needs.of(List.of(network.training()), job.options(), experiment.output()))
        .admit(listener::warned);
    try (PreparedData data = Preparation.prepare(spark, experiment.data(), network.transform())) {
      data.warnings().forEach(listener::warned);
      RunFolder folder =
          resumes.isPresent()
              ? resumes.get().folder()
              : NewRun.begin(experiment, model, data, hadoop);
      progress.done("run " + folder.runId() + " in " + folder.shown());
      // Before the network, whose presence says that the run has finished.
      data.features().save(folder.path() + "/" + model.name() + "/features", spark);
      Trainer trainer = new Trainer(spark, job.options(), listener);
      TrainingData rows = TrainingData.of(data);
      ModelFolder kept = new ModelFolder(folder.path(), model.name());
      Supplier<Optional<String>> resumption =
          () ->
              trainer
                  .lastCheckpoint(rows, network, experiment.seed(), kept)
                  .map(step -> resumption(folder, step));
      options.ifCutOff(
          () -> resumption.get().orElse("It has no checkpoint yet: run the command again"));
      TrainedModel trained;
      try {
        trained = trainer.train(rows, network, experiment.seed(), kept, resumed != null);
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
    result.put("splits", data.splits());
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
