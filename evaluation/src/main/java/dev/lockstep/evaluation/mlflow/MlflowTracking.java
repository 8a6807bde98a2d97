package dev.lockstep.evaluation.mlflow;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.distributor.experiment.RunFolder;
import dev.lockstep.distributor.loop.EpochReport;
import dev.lockstep.evaluation.comparison.ComparisonListener;
import dev.lockstep.evaluation.comparison.Fit;
import dev.lockstep.evaluation.provenance.Provenance;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;

/**
 * Tells an MLflow tracking server of a run while it is made: it hears what a run's listener hears,
 * and how the run begins and ends. Nothing waits for the server but the end of a run, and a server
 * that is down costs a warning.
 */
public final class MlflowTracking implements ComparisonListener {
  /** The Spark property that names the model of the registry which gets a run's model. */
  public static final String REGISTERED = "spark.lockstep.mlflow.registeredModel";

  private final MlflowServer server;
  private final SparkSession spark;
  private final Consumer<String> warned;
  private volatile PreparedData prepared;
  private volatile MlflowRun run;

  private MlflowTracking(MlflowServer server, SparkSession spark, Consumer<String> warned) {
    this.server = server;
    this.spark = spark;
    this.warned = warned;
  }

  /**
   * Tracking by the server that the session or the environment names, if one does.
   *
   * @param warned hears what a person should know
   * @throws LockstepException if what they name is no address of a server, or if a model is to be
   *     registered and there is no server
   */
  public static Optional<MlflowTracking> of(SparkSession spark, Consumer<String> warned) {
    Optional<MlflowTracking> tracking =
        MlflowServer.of(spark).map(server -> new MlflowTracking(server, spark, warned));
    if (tracking.isEmpty() && registered(spark).isPresent()) {
      throw new LockstepException(
          "a model is to be registered with MLflow, and no tracking server is named",
          "Name one by the variable MLFLOW_TRACKING_URI or the Spark property "
              + MlflowServer.PROPERTY);
    }
    return tracking;
  }

  private static Optional<String> registered(SparkSession spark) {
    return Optional.of(spark.conf().get(REGISTERED, "")).filter(name -> !name.isBlank());
  }

  @Override
  public void prepared(PreparedData data, double seconds) {
    prepared = data;
  }

  /**
   * The run begins to train.
   *
   * @param command what a person typed
   */
  public void begins(RunFolder folder, Provenance provenance, String command) {
    try {
      run = new MlflowRun(server, spark, warned, folder, prepared, provenance, command);
    } catch (Exception e) { // Spark throws checked exceptions that no signature names.
      run = null;
      warned.accept("MLflow does not hear of run %s: %s".formatted(folder.runId(), e.getMessage()));
    }
  }

  /** What fails here must not fail a training. */
  private void tell(Consumer<MlflowRun> event) {
    MlflowRun told = run;
    if (told == null) {
      return;
    }
    try {
      event.accept(told);
    } catch (Exception e) {
      warned.accept("MLflow does not hear all of this run: " + e.getMessage());
    }
  }

  @Override
  public void fitting(Fit fit) {
    tell(r -> r.fitting(fit));
  }

  @Override
  public void fitted(Fit fit, Fit.Result result) {
    tell(r -> r.fitted(result));
  }

  @Override
  public void fitFailed(Fit fit, String cause) {
    tell(r -> r.fitFailed(cause));
  }

  @Override
  public void epochEnded(String model, EpochReport epoch) {
    tell(r -> r.epochEnded(epoch));
  }

  /**
   * What came of a run.
   *
   * @param metrics by name, with the model's before a slash
   * @param tags more of its tags
   * @param chosen the model that predictions are made with
   */
  public record Result(Map<String, Double> metrics, Map<String, String> tags, ChosenFiles chosen) {
    /** Copies the maps. */
    public Result {
      metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
      tags = Collections.unmodifiableMap(new LinkedHashMap<>(tags));
    }
  }

  /** The run has a result; waits until the server has it, too, ten minutes at most. */
  public void finished(Supplier<Result> result) {
    tell(
        r -> {
          try {
            Result known = result.get();
            r.finished(known.metrics(), known.tags(), known.chosen(), registered(spark));
          } finally {
            r.finished();
          }
        });
  }

  /** The run failed. */
  public void failed(String error) {
    tell(r -> r.failed(error));
  }

  /** The run was cut off, as its Spark was ended. */
  public void cutOff() {
    tell(MlflowRun::cutOff);
  }
}
