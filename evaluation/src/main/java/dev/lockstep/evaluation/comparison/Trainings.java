package dev.lockstep.evaluation.comparison;

import dev.lockstep.data.Json;
import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.distributor.experiment.Experiment;
import dev.lockstep.distributor.experiment.HistoryFile;
import dev.lockstep.distributor.experiment.ResumedRun;
import dev.lockstep.distributor.experiment.RunFolder;
import dev.lockstep.distributor.experiment.RunInputs;
import dev.lockstep.distributor.loop.EpochReport;
import dev.lockstep.distributor.rendezvous.RendezvousOptions;
import dev.lockstep.distributor.saved.ModelFolder;
import dev.lockstep.distributor.training.TrainedModel;
import dev.lockstep.evaluation.provenance.Provenance;
import dev.lockstep.evaluation.result.TrainedNetworkResult;
import dev.lockstep.evaluation.result.TrainingResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/** Trains all networks of an experiment, each once a seed, and judges none. */
public final class Trainings {
  private static final String TRAINED = "trained.json";

  private final SparkSession spark;
  private final RendezvousOptions job;
  private final ComparisonListener listener;
  private volatile Supplier<Optional<Long>> checkpoint = Optional::empty;
  private volatile int trained;

  /**
   * Trainings in a Spark session.
   *
   * @param job how ranks meet
   * @param listener hears how each goes
   */
  public Trainings(SparkSession spark, RendezvousOptions job, ComparisonListener listener) {
    this.spark = spark;
    this.job = job;
    this.listener = listener;
  }

  /**
   * Trains.
   *
   * @param started gets the run's folder and provenance, before any network is trained
   * @throws dev.lockstep.data.LockstepException if something that the experiment says is wrong
   */
  public TrainingResult run(Experiment experiment, BiConsumer<RunFolder, Provenance> started) {
    return run(experiment, Optional.empty(), started);
  }

  /** Resumes a run that was cut off; networks that are trained are not trained again. */
  public TrainingResult resume(ResumedRun run, BiConsumer<RunFolder, Provenance> started) {
    return run(run.experiment(), Optional.of(run.folder()), started);
  }

  /**
   * The step of the last checkpoint of the network that is being trained, from which {@link
   * #resume} would go on; empty if it has none.
   */
  public Optional<Long> lastCheckpoint() {
    return checkpoint.get();
  }

  /** How many networks of the run are trained. */
  public int trained() {
    return trained;
  }

  private TrainingResult run(
      Experiment experiment,
      Optional<RunFolder> resumed,
      BiConsumer<RunFolder, Provenance> started) {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    experiment.check();
    long from = System.nanoTime();
    try (ExperimentRows rows =
        new ExperimentRows(
            spark, experiment.data(), experiment.networks().get(0).transform(), listener)) {
      PreparedData data = rows.first();
      listener.prepared(data, (System.nanoTime() - from) / 1e9);
      data.warnings().forEach(listener::warned);
      RunFolder folder =
          resumed.orElseGet(() -> RunInputs.begin(RunInputs.TRAIN, data, experiment, hadoop));
      listener.started(folder);
      started.accept(folder, Provenance.of(spark, data));
      List<TrainedNetworkResult> networks = new ArrayList<>();
      try (HistoryFile history = HistoryFile.open(folder, hadoop)) {
        NetworkLearner learner =
            new NetworkLearner(
                spark, job, listener, experiment.training(), rows, history, resumed.isPresent());
        for (Candidate network : Candidate.ofNetworks(experiment, learner)) {
          for (long seed : experiment.seeds()) {
            networks.add(trained(experiment, network, seed, learner, folder, hadoop));
            trained = networks.size();
          }
        }
      }
      return new TrainingResult(
          folder.runId(),
          data.snapshot().table(),
          data.snapshot().version(),
          data.splits(),
          networks,
          folder.shown());
    }
  }

  private TrainedNetworkResult trained(
      Experiment experiment,
      Candidate network,
      long seed,
      NetworkLearner learner,
      RunFolder folder,
      Configuration hadoop) {
    ModelFolder kept = new ModelFolder(folder.path(), experiment.place(network.name(), seed));
    String file = kept.model() + "/" + TRAINED;
    Optional<TrainedNetworkResult> before =
        folder.read(file, hadoop).map(json -> Json.read(json, TrainedNetworkResult.class));
    if (before.isPresent()) {
      new FinishedNetwork(kept, TRAINED).verify(before.get().weightsSha256(), hadoop);
      listener.trainedBefore(kept.model());
      return before.get();
    }
    checkpoint = () -> learner.lastCheckpoint(network.spec(), seed, kept);
    Fit fit = new Fit(network.name(), "", seed, Optional.empty(), network.spec().options());
    listener.fitting(fit);
    TrainedModel trained = learner.train(network.spec(), seed, kept, Optional.of(network.name()));
    TrainedNetworkResult result = result(kept.model(), seed, trained);
    folder.write(file, Json.line(result), hadoop);
    checkpoint = Optional::empty;
    listener.fitted(
        fit,
        new Fit.Result(
            Json.fields(trained.training().options()),
            Map.of("validation/loss", result.validationLoss(), "seconds", trained.seconds())));
    return result;
  }

  private static TrainedNetworkResult result(String model, long seed, TrainedModel trained) {
    EpochReport best = trained.history().get(Math.max(trained.bestEpoch(), 1) - 1);
    return new TrainedNetworkResult(
        model,
        seed,
        trained.worldSize(),
        trained.bestEpoch(),
        best.trainLoss(),
        best.validationLoss(),
        trained.seconds(),
        trained.weightsSha256(),
        trained.resumedAt());
  }
}
