package dev.lockstep.evaluation.ledger;

import dev.lockstep.distributor.experiment.Experiment;
import dev.lockstep.distributor.experiment.ResumedRun;
import dev.lockstep.distributor.experiment.RunInputs;
import dev.lockstep.distributor.rendezvous.RendezvousOptions;
import dev.lockstep.evaluation.comparison.ComparisonListener;
import dev.lockstep.evaluation.comparison.Trainings;
import dev.lockstep.evaluation.mlflow.MlflowTracking;
import dev.lockstep.evaluation.result.TrainedNetworkResult;
import dev.lockstep.evaluation.result.TrainingResult;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.spark.sql.SparkSession;

/** Trainings of an experiment's networks that the ledger gets a row of. */
public final class RecordedTraining {
  private final SparkSession spark;
  private final RendezvousOptions job;
  private final ComparisonListener listener;
  private final Ledger ledger;
  private final Optional<MlflowTracking> tracking;
  private final Trainings trainings;
  private volatile boolean done;

  /**
   * Trainings of a session, in a ledger.
   *
   * @throws dev.lockstep.data.LockstepException if an MLflow server is named wrongly
   */
  public RecordedTraining(
      SparkSession spark, RendezvousOptions job, ComparisonListener listener, Ledger ledger) {
    this.spark = spark;
    this.job = job;
    this.listener = listener;
    this.ledger = ledger;
    this.tracking = MlflowTracking.of(spark, listener::warned);
    this.trainings = new Trainings(spark, job, tracking.map(t -> listener.and(t)).orElse(listener));
  }

  /**
   * Trains and writes it down.
   *
   * @param command what a person types to run it again
   * @param overrides what the command said instead of the file, by option
   * @throws dev.lockstep.data.LockstepException as {@link Trainings#run}, and if the ledger cannot
   *     be written
   */
  public TrainingResult run(Experiment experiment, String command, Map<String, String> overrides) {
    return run(
        experiment, command, overrides, recorder -> trainings.run(experiment, recorder::started));
  }

  /**
   * Resumes a run that was cut off.
   *
   * @param runId its name
   * @param experiment its experiment, as the file says it now
   * @throws dev.lockstep.data.LockstepException as {@link ResumedRun#open}, and as {@link #run}
   */
  public TrainingResult resume(
      String runId, Experiment experiment, String command, Map<String, String> overrides) {
    ResumedRun resumed =
        ResumedRun.open(
            spark,
            RunInputs.TRAIN,
            runId,
            experiment,
            folder -> KeptRow.isFinished(folder, spark.sessionState().newHadoopConf()));
    return run(
        resumed.experiment(),
        command,
        overrides,
        recorder -> trainings.resume(resumed, recorder::started));
  }

  /** As {@link Trainings#lastCheckpoint}. */
  public Optional<Long> lastCheckpoint() {
    return trainings.lastCheckpoint();
  }

  /** As {@link Trainings#trained}. */
  public int trained() {
    return trainings.trained();
  }

  /** Whether every network is trained: what can still fail then is the row of the ledger. */
  public boolean isDone() {
    return done;
  }

  private TrainingResult run(
      Experiment experiment,
      String command,
      Map<String, String> overrides,
      Function<RunRecorder, TrainingResult> work) {
    RunRecorder recorder =
        new RunRecorder(
            spark,
            listener,
            ledger,
            tracking,
            new RunRecorder.Run(RunRecord.Kind.training, experiment, command, overrides));
    recorder.admit(job);
    TrainingResult result = recorder.recording(() -> work.apply(recorder));
    done = true;
    Map<String, String> weights = new LinkedHashMap<>();
    for (TrainedNetworkResult network : result.networks()) {
      weights.put(network.model(), network.weightsSha256());
    }
    // Of networks that were resumed on other ranks, the first one's number stands.
    int worldSize = result.networks().get(0).worldSize();
    recorder.finished(new RunRecorder.Outcome(worldSize, Map.of(), weights, Map.of()));
    return result;
  }
}
