package dev.lockstep.evaluation.ledger;

import dev.lockstep.data.LockstepException;
import dev.lockstep.distributor.experiment.Experiment;
import dev.lockstep.distributor.experiment.RunFolder;
import dev.lockstep.distributor.internal.spark.ui.RunEvents;
import dev.lockstep.distributor.preflight.Doctor;
import dev.lockstep.distributor.preflight.Needs;
import dev.lockstep.distributor.rendezvous.RendezvousOptions;
import dev.lockstep.distributor.rendezvous.StageFailure;
import dev.lockstep.distributor.spec.Network;
import dev.lockstep.distributor.spec.Training;
import dev.lockstep.evaluation.baselines.Trees;
import dev.lockstep.evaluation.comparison.ComparisonListener;
import dev.lockstep.evaluation.comparison.KeptComparison;
import dev.lockstep.evaluation.comparison.SavedEnsemble;
import dev.lockstep.evaluation.mlflow.ChosenFiles;
import dev.lockstep.evaluation.mlflow.MlflowTracking;
import dev.lockstep.evaluation.provenance.Provenance;
import dev.lockstep.evaluation.result.ChosenModel;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/** Makes the row of a run, keeps it in the run's folder, and adds it to the ledger. */
final class RunRecorder {
  private final SparkSession spark;
  private final ComparisonListener listener;
  private final Ledger ledger;
  private final Run run;
  private final Optional<MlflowTracking> tracking;
  private RunFolder folder;
  private Provenance provenance;
  private RunEvents events;

  /**
   * A run that a command makes.
   *
   * @param kind what it is
   * @param experiment what is run
   * @param command what a person types to run it again
   * @param overrides what the command said instead of the file, by option
   */
  record Run(
      RunRecord.Kind kind, Experiment experiment, String command, Map<String, String> overrides) {}

  /**
   * What came of a run.
   *
   * @param worldSize number of ranks
   * @param metrics metrics on the test split, by model
   * @param weightsSha256 SHA-256 of a network's weights, by its folder
   * @param trees how many trees of a boosted model were kept, by its folder
   */
  record Outcome(
      int worldSize,
      Map<String, Map<String, Double>> metrics,
      Map<String, String> weightsSha256,
      Map<String, Trees> trees) {
    private static final Outcome NONE = new Outcome(0, Map.of(), Map.of(), Map.of());
  }

  /**
   * A recorder of one run.
   *
   * @param tracking is told of the run, too
   */
  RunRecorder(
      SparkSession spark,
      ComparisonListener listener,
      Ledger ledger,
      Optional<MlflowTracking> tracking,
      Run run) {
    this.spark = spark;
    this.listener = listener;
    this.ledger = ledger;
    this.run = run;
    this.tracking = tracking;
  }

  /**
   * Refuses what the cluster or the ledger would fail at, before the data are prepared.
   *
   * @throws LockstepException if there is something
   */
  void admit(RendezvousOptions job) {
    Experiment experiment = run.experiment();
    List<Training> trainings = experiment.networks().stream().map(Network::training).toList();
    Needs needs =
        Needs.of(trainings, job, experiment.output())
            .withLedger(ledger.path())
            .withNetworks(experiment.networks());
    Doctor doctor = new Doctor(spark, needs, List.of(new LedgerCheck(ledger)));
    listener.during("checking the cluster", () -> doctor.admit(listener::warned));
  }

  /** The run has a folder, and begins to train. */
  void started(RunFolder begun, Provenance known) {
    folder = begun;
    events = new RunEvents(spark.sparkContext(), begun.runId());
    provenance = known;
    events.started(
        run.kind().name(),
        run.command(),
        begun.path(),
        known.data().source().table(),
        known.data().source().version());
    tracking.ifPresent(t -> t.begins(folder, known, run.command()));
  }

  /** Does the work of the run; if it fails, the ledger gets a row that says why. */
  <T> T recording(Supplier<T> work) {
    try {
      return work.get();
    } catch (Exception e) { // Spark throws checked exceptions that no signature names.
      failed(StageFailure.of(e).<Exception>map(known -> known).orElse(e));
      throw e;
    }
  }

  void finished(Outcome outcome) {
    events.ended(Optional.empty());
    RunRecord row = row(RunRecord.Status.finished, "", outcome);
    try {
      record(row);
    } finally { // The run has its result, whether the ledger has it or not.
      tracking.ifPresent(
          t ->
              listener.during(
                  "sending to MLflow",
                  () ->
                      t.finished(
                          () -> new MlflowTracking.Result(metrics(row), tags(row), chosen(row)))));
    }
  }

  private static Map<String, Double> metrics(RunRecord row) {
    Map<String, Double> all = new LinkedHashMap<>();
    row.metrics()
        .forEach((model, own) -> own.forEach((name, value) -> all.put(model + "/" + name, value)));
    return all;
  }

  /** The description that MLflow's pages show is the verdict. */
  private Map<String, String> tags(RunRecord row) {
    Map<String, String> tags = new LinkedHashMap<>();
    row.weightsSha256().forEach((name, sha256) -> tags.put("lockstep.weights." + name, sha256));
    KeptComparison.read(folder, hadoop())
        .ifPresent(result -> tags.put("mlflow.note.content", result.verdict()));
    return tags;
  }

  private ChosenFiles chosen(RunRecord row) {
    ChosenModel chosen = row.chosen(hadoop());
    String own = row.model(chosen.model()).folder();
    Map<String, String> folders = new LinkedHashMap<>(Map.of("", own));
    SavedEnsemble.in(own, hadoop())
        .ifPresent(
            both ->
                both.members()
                    .forEach(
                        member ->
                            folders.put(member.model() + "/", row.model(member.model()).folder())));
    return new ChosenFiles(chosen.model(), chosen.reason(), folders);
  }

  private Configuration hadoop() {
    return spark.sessionState().newHadoopConf();
  }

  /**
   * A run that was refused before it had begun is none, and so is one whose Spark was ended: it was
   * cut off, and has not failed.
   */
  private void failed(Exception cause) {
    if (provenance == null) {
      return;
    }
    if (spark.sparkContext().isStopped()) {
      tracking.ifPresent(MlflowTracking::cutOff);
      return;
    }
    String error = String.valueOf(cause.getMessage());
    events.ended(Optional.of(error));
    try {
      record(row(RunRecord.Status.failed, error, Outcome.NONE));
    } catch (RuntimeException e) {
      listener.warned(String.valueOf(e.getMessage()));
      cause.addSuppressed(e);
    } finally { // The row first: a server may be slow to hear of it.
      tracking.ifPresent(t -> listener.during("sending to MLflow", () -> t.failed(error)));
    }
  }

  private void record(RunRecord row) {
    String kept = KeptRow.write(folder, row, hadoop());
    try {
      listener.during("writing to the ledger", () -> ledger.append(row));
    } catch (LockstepException e) {
      throw new LockstepException(
          e.problem() + "; the run is whole, and its row is kept in " + kept,
          "%s. Then add it: lockstep runs --add %s --ledger %s"
              .formatted(e.remedy(), folder.shown(), ledger.path()),
          e);
    }
  }

  private RunRecord row(RunRecord.Status status, String error, Outcome outcome) {
    Experiment experiment = run.experiment();
    return new RunRecord(
        folder.runId(),
        Instant.now().truncatedTo(ChronoUnit.MILLIS).toString(),
        run.command(),
        run.kind(),
        status,
        error,
        experiment.text(),
        run.overrides(),
        experiment.data().task().name().toLowerCase(Locale.ROOT),
        experiment.data().label(),
        provenance.data(),
        experiment.seeds(),
        outcome.worldSize(),
        experiment.networks().get(0).training().parallelism().lanes(),
        provenance.environment(),
        outcome.metrics(),
        outcome.weightsSha256(),
        outcome.trees(),
        folder.shown());
  }
}
