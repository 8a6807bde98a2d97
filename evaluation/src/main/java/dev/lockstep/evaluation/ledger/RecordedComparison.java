package dev.lockstep.evaluation.ledger;

import dev.lockstep.distributor.experiment.Experiment;
import dev.lockstep.distributor.experiment.ResumedRun;
import dev.lockstep.distributor.experiment.RunInputs;
import dev.lockstep.distributor.rendezvous.RendezvousOptions;
import dev.lockstep.evaluation.baselines.Trees;
import dev.lockstep.evaluation.comparison.Comparison;
import dev.lockstep.evaluation.comparison.ComparisonListener;
import dev.lockstep.evaluation.mlflow.MlflowTracking;
import dev.lockstep.evaluation.result.ComparisonResult;
import dev.lockstep.evaluation.result.ModelResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.spark.sql.SparkSession;

/** Comparisons that the ledger gets a row of, those that fail among them. */
public final class RecordedComparison {
  private final SparkSession spark;
  private final RendezvousOptions job;
  private final ComparisonListener listener;
  private final Ledger ledger;
  private final Optional<MlflowTracking> tracking;
  private volatile boolean done;

  /**
   * Comparisons of a session, in a ledger.
   *
   * @throws dev.lockstep.data.LockstepException if an MLflow server is named wrongly
   */
  public RecordedComparison(
      SparkSession spark, RendezvousOptions job, ComparisonListener listener, Ledger ledger) {
    this.spark = spark;
    this.job = job;
    this.listener = listener;
    this.ledger = ledger;
    this.tracking = MlflowTracking.of(spark, listener::warned);
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
    return run(
        experiment,
        command,
        overrides,
        recorder -> comparison().run(experiment, command, recorder::started));
  }

  /**
   * Resumes a run that was cut off.
   *
   * @param runId its name
   * @param experiment its experiment, as the file says it now
   * @throws dev.lockstep.data.LockstepException as {@link ResumedRun#open}, and as {@link #run}
   */
  public ComparisonResult resume(
      String runId, Experiment experiment, String command, Map<String, String> overrides) {
    ResumedRun resumed =
        ResumedRun.open(
            spark,
            RunInputs.COMPARE,
            runId,
            experiment,
            folder -> KeptRow.isFinished(folder, spark.sessionState().newHadoopConf()));
    return run(
        resumed.experiment(),
        command,
        overrides,
        recorder -> comparison().resume(resumed, command, recorder::started));
  }

  private Comparison comparison() {
    ComparisonListener heard = tracking.map(t -> listener.and(t)).orElse(listener);
    return new Comparison(spark, job, heard);
  }

  /**
   * Whether every model is trained and judged: what can still fail then is the row of the ledger.
   */
  public boolean isDone() {
    return done;
  }

  private ComparisonResult run(
      Experiment experiment,
      String command,
      Map<String, String> overrides,
      Function<RunRecorder, ComparisonResult> work) {
    Comparison.check(experiment);
    RunRecorder recorder =
        new RunRecorder(
            spark,
            listener,
            ledger,
            tracking,
            new RunRecorder.Run(RunRecord.Kind.comparison, experiment, command, overrides));
    recorder.admit(job);
    ComparisonResult result = recorder.recording(() -> work.apply(recorder));
    done = true;
    Map<String, Map<String, Double>> metrics = new LinkedHashMap<>();
    Map<String, String> weights = new LinkedHashMap<>();
    Map<String, Trees> trees = new LinkedHashMap<>();
    for (ModelResult model : result.models()) {
      metrics.put(model.name(), model.metrics());
      weights.putAll(bySeed(experiment, model, model.weightsBySeed()));
      trees.putAll(bySeed(experiment, model, model.treesBySeed()));
    }
    recorder.finished(new RunRecorder.Outcome(result.worldSize(), metrics, weights, trees));
    return result;
  }

  private static <T> Map<String, T> bySeed(
      Experiment experiment, ModelResult model, List<T> values) {
    Map<String, T> named = new LinkedHashMap<>();
    for (int i = 0; i < values.size(); i++) {
      named.put(experiment.place(model.name(), experiment.seeds().get(i)), values.get(i));
    }
    return named;
  }
}
