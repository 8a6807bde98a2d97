package dev.lockstep.evaluation.ledger;

import dev.lockstep.data.LockstepException;
import dev.lockstep.distributor.experiment.Experiment;
import dev.lockstep.distributor.experiment.RunFolder;
import dev.lockstep.distributor.preflight.Doctor;
import dev.lockstep.distributor.preflight.Needs;
import dev.lockstep.distributor.rendezvous.RendezvousOptions;
import dev.lockstep.distributor.rendezvous.StageFailure;
import dev.lockstep.distributor.spec.Network;
import dev.lockstep.distributor.spec.Training;
import dev.lockstep.evaluation.baselines.Trees;
import dev.lockstep.evaluation.comparison.Comparison;
import dev.lockstep.evaluation.comparison.ComparisonListener;
import dev.lockstep.evaluation.provenance.Provenance;
import dev.lockstep.evaluation.result.ComparisonResult;
import dev.lockstep.evaluation.result.ModelResult;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/** Comparisons that the ledger gets a row of, those that fail among them. */
public final class RecordedComparison {
  private final SparkSession spark;
  private final RendezvousOptions job;
  private final ComparisonListener listener;
  private final Ledger ledger;

  /** Comparisons of a session, in a ledger. */
  public RecordedComparison(
      SparkSession spark, RendezvousOptions job, ComparisonListener listener, Ledger ledger) {
    this.spark = spark;
    this.job = job;
    this.listener = listener;
    this.ledger = ledger;
  }

  /**
   * Runs an experiment and writes it down.
   *
   * @param command what a person types to run it again
   * @param overrides what the command said instead of the file, by option
   * @throws dev.lockstep.data.LockstepException as {@link Comparison#run}, and if the ledger cannot
   *     be written
   */
  public ComparisonResult run(
      Experiment experiment, String command, Map<String, String> overrides) {
    Comparison.check(experiment);
    listener.begins("checking the cluster");
    List<Training> trainings = experiment.networks().stream().map(Network::training).toList();
    Needs needs = Needs.of(trainings, job, experiment.output()).withLedger(ledger.path());
    new Doctor(spark, needs, List.of(new LedgerCheck(ledger))).admit(listener::warned);
    Optional<MlflowServer> server = MlflowServer.of(spark);
    Recorder recorder = new Recorder(experiment, command, overrides, server);
    ComparisonResult result;
    try {
      result = new Comparison(spark, job, listener).run(experiment, command, recorder::started);
    } catch (Exception e) { // Spark throws checked exceptions that no signature names.
      recorder.failed(StageFailure.of(e).<Exception>map(known -> known).orElse(e));
      throw e;
    }
    recorder.finished(result);
    return result;
  }

  /** Makes the run's row. */
  private final class Recorder {
    private final Experiment experiment;
    private final String command;
    private final Map<String, String> overrides;
    private final Optional<MlflowServer> server;
    private RunFolder folder;
    private Provenance provenance;

    Recorder(
        Experiment experiment,
        String command,
        Map<String, String> overrides,
        Optional<MlflowServer> server) {
      this.experiment = experiment;
      this.command = command;
      this.overrides = overrides;
      this.server = server;
    }

    void started(RunFolder begun, Provenance known) {
      folder = begun;
      provenance = known;
    }

    void finished(ComparisonResult result) {
      Map<String, Map<String, Double>> metrics = new LinkedHashMap<>();
      Map<String, String> weights = new LinkedHashMap<>();
      Map<String, Trees> trees = new LinkedHashMap<>();
      for (ModelResult model : result.models()) {
        metrics.put(model.name(), model.metrics());
        weights.putAll(bySeed(result, model, model.weightsBySeed()));
        trees.putAll(bySeed(result, model, model.treesBySeed()));
      }
      record(row(RunRecord.Status.finished, "", result.worldSize(), metrics, weights, trees));
    }

    private <T> Map<String, T> bySeed(ComparisonResult result, ModelResult model, List<T> values) {
      Map<String, T> named = new LinkedHashMap<>();
      for (int i = 0; i < values.size(); i++) {
        String seed = values.size() == 1 ? "" : "/seed-" + result.seeds().get(i);
        named.put(model.name() + seed, values.get(i));
      }
      return named;
    }

    /**
     * A run that was refused before it had begun is none, and so is one whose Spark was ended: it
     * was cut off, and has not failed.
     */
    void failed(Exception cause) {
      if (provenance == null || spark.sparkContext().isStopped()) {
        return;
      }
      String error = String.valueOf(cause.getMessage());
      try {
        record(row(RunRecord.Status.failed, error, 0, Map.of(), Map.of(), Map.of()));
      } catch (RuntimeException e) {
        listener.warned(String.valueOf(e.getMessage()));
        cause.addSuppressed(e);
      }
    }

    /** A tracking server that is down costs a warning, not the run. */
    void record(RunRecord run) {
      String kept = KeptRow.write(folder, run, spark.sessionState().newHadoopConf());
      try {
        ledger.append(run);
      } catch (LockstepException e) {
        throw new LockstepException(
            e.problem() + "; the run is whole, and its row is kept in " + kept,
            "%s. Then add it: lockstep runs --add %s --ledger %s"
                .formatted(e.remedy(), folder.shown(), ledger.path()),
            e);
      }
      server.ifPresent(
          mlflow -> {
            try {
              mlflow.log(run);
            } catch (RuntimeException e) {
              listener.warned(
                  "MLflow at %s was not told of run %s: %s"
                      .formatted(mlflow.address(), run.runId(), e.getMessage()));
            }
          });
    }

    private RunRecord row(
        RunRecord.Status status,
        String error,
        int worldSize,
        Map<String, Map<String, Double>> metrics,
        Map<String, String> weights,
        Map<String, Trees> trees) {
      return new RunRecord(
          folder.runId(),
          Instant.now().truncatedTo(ChronoUnit.MILLIS).toString(),
          command,
          status,
          error,
          experiment.text(),
          overrides,
          experiment.data().task().name().toLowerCase(java.util.Locale.ROOT),
          experiment.data().label(),
          provenance.data(),
          experiment.seeds(),
          worldSize,
          experiment.networks().get(0).training().parallelism().lanes(),
          provenance.environment(),
          metrics,
          weights,
          trees,
          folder.shown());
    }
  }
}
