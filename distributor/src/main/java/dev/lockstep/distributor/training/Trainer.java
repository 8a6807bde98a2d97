package dev.lockstep.distributor.training;

import dev.lockstep.data.Json;
import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Sha256;
import dev.lockstep.data.lanes.LaneShuffle;
import dev.lockstep.data.progress.Phase;
import dev.lockstep.distributor.checkpoint.CheckpointStore;
import dev.lockstep.distributor.collective.Precision;
import dev.lockstep.distributor.internal.spark.ui.TrainingEvents;
import dev.lockstep.distributor.loop.EpochReport;
import dev.lockstep.distributor.loop.RankReport;
import dev.lockstep.distributor.loop.RankResult;
import dev.lockstep.distributor.loop.StepReport;
import dev.lockstep.distributor.loop.TrainingFunction;
import dev.lockstep.distributor.loop.TrainingPlan;
import dev.lockstep.distributor.metrics.JobMetrics;
import dev.lockstep.distributor.rendezvous.Distributor;
import dev.lockstep.distributor.rendezvous.JobListener;
import dev.lockstep.distributor.rendezvous.RendezvousOptions;
import dev.lockstep.distributor.saved.ModelFolder;
import dev.lockstep.distributor.saved.NetworkFiles;
import dev.lockstep.distributor.saved.SavedModel;
import dev.lockstep.distributor.spec.Network;
import dev.lockstep.distributor.spec.Sharding;
import dev.lockstep.distributor.spec.Training;
import dev.lockstep.models.PortableNetwork;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.DoubleStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;

/** The standard loop on W ranks. */
public final class Trainer {
  private static final long LAST_TASKS_NANOS = 10_000_000_000L;
  private static final long TASKS_POLL_MILLIS = 20;

  private static final String DESCRIPTION = "spark.job.description";

  private final SparkSession spark;
  private final RendezvousOptions options;
  private final TrainingListener listener;

  /**
   * A trainer in a Spark session.
   *
   * @param options how ranks meet
   * @param listener hears how each training goes
   */
  public Trainer(SparkSession spark, RendezvousOptions options, TrainingListener listener) {
    this.spark = spark;
    this.options = options;
    this.listener = listener;
  }

  /**
   * Trains a network; it ends up in the folder {@code model} of its folder in the run.
   *
   * @param network the network, and how it is trained
   * @param folder where it is kept
   * @param resume whether to go on from a checkpoint that an earlier run with the same inputs left
   * @throws LockstepException as {@link Distributor#run}, and if a loss becomes NaN
   */
  public TrainedModel train(
      TrainingData data, Network network, long seed, ModelFolder folder, boolean resume) {
    return train(data, plan(data, network, seed, folder, Optional.empty(), resume));
  }

  private TrainedModel train(TrainingData data, TrainingPlan plan) {
    long from = System.nanoTime();
    plan.check();
    if (!plan.resume()) {
      clearCheckpoints(plan);
    }
    publish(plan);
    RankResult first;
    try {
      first = run(data, plan);
    } finally {
      withdraw(plan);
    }
    try {
      clearCheckpoints(plan);
    } catch (LockstepException e) {
      listener.warned("the checkpoints stay where they are: " + e.problem());
    }
    return new TrainedModel(
        plan.modelFolder(),
        first.weightsSha256(),
        plan.training().parallelism().ranks(),
        first.bestEpoch(),
        first.history(),
        DoubleStream.of(first.stepLosses()).boxed().toList(),
        first.resumedAt(),
        plan.training(),
        (System.nanoTime() - from) / 1e9);
  }

  /**
   * Trains a network that the driver gets, with the same bits as {@link #train}. Nothing is kept in
   * a folder: there are no checkpoints, and after a failure training begins again.
   *
   * @param initial the network whose weights it begins with; empty for those that the seed gives
   * @throws LockstepException as {@link #train}, and for a network that is made of files
   */
  public TrainedNetwork fit(
      TrainingData data, Network network, long seed, Optional<PortableNetwork> initial) {
    TrainingPlan plan = plan(data, network, seed, null, initial, false);
    plan.check();
    refuseSharded(plan);
    if (!NetworkFiles.of(network.spec()).isEmpty()) {
      throw new LockstepException(
          "network '%s' is made of a file, which ranks read from a folder that all executors reach"
              .formatted(network.name()),
          "Name such a folder by checkpointDir");
    }
    RankResult first = run(data, plan);
    return new TrainedNetwork(first.network(), first.bestEpoch(), first.history());
  }

  /**
   * As {@link #fit(TrainingData, Network, long, Optional)}, with checkpoints from which ranks go on
   * after a failure.
   *
   * @param directory a folder that the driver and all executors reach; what is written there is in
   *     a folder of this training's own, and gone in the end
   */
  public TrainedNetwork fit(
      TrainingData data,
      Network network,
      long seed,
      Optional<PortableNetwork> initial,
      String directory) {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    Path own = new Path(directory, "lockstep-" + UUID.randomUUID());
    ModelFolder folder = new ModelFolder(own.toString(), network.name());
    TrainingPlan plan = plan(data, network, seed, folder, initial, false);
    refuseSharded(plan);
    boolean failed = true;
    try {
      TrainedModel trained = train(data, plan);
      failed = false;
      return new TrainedNetwork(
          SavedModel.load(trained.folder(), hadoop), trained.bestEpoch(), trained.history());
    } finally {
      if (failed) {
        awaitTasks();
      }
      delete(own, hadoop);
    }
  }

  /**
   * Waits, for some seconds, until no executor runs a task. A job that fails is over before its
   * tasks are, and until then a rank may write a checkpoint.
   */
  private void awaitTasks() {
    long until = System.nanoTime() + LAST_TASKS_NANOS;
    try {
      while (System.nanoTime() < until
          && Arrays.stream(spark.sparkContext().statusTracker().getExecutorInfos())
              .anyMatch(executor -> executor.numRunningTasks() > 0)) {
        Thread.sleep(TASKS_POLL_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void refuseSharded(TrainingPlan plan) {
    if (plan.hasShardedTables()) {
      throw new LockstepException(
          "the sharded embeddings of %s are kept in files of a run's folder, and this network goes to the driver"
              .formatted(plan.model()),
          "Train it by bin/lockstep train or by Trainer.train, or leave 'embeddings: sharded' out");
    }
  }

  private void delete(Path own, Configuration hadoop) {
    try {
      own.getFileSystem(hadoop).delete(own, true);
    } catch (IOException e) {
      listener.warned("%s stays: %s".formatted(own, e.getMessage()));
    }
  }

  private RankResult run(TrainingData data, TrainingPlan plan) {
    Training.Parallelism parallelism = plan.training().parallelism();
    RDD<InternalRow> rows =
        LaneShuffle.shuffle(data.rows(), parallelism.lanes(), parallelism.ranks());
    String described = spark.sparkContext().getLocalProperty(DESCRIPTION);
    TrainingEvents events = new TrainingEvents(spark.sparkContext(), plan);
    try (JobMetrics metrics = new JobMetrics(parallelism.ranks())) {
      RankListener ranks = new RankListener(plan, metrics, events);
      RankResult trained =
          listener.during(
              ranks.phase,
              () -> {
                RankResult result =
                    new Distributor(spark.sparkContext(), options, ranks)
                        .run(rows, new TrainingFunction(plan))
                        .get(0);
                if (ranks.thrown.get() != null) {
                  throw ranks.thrown.get();
                }
                return result;
              });
      events.ended(trained);
      return trained;
    } catch (Throwable e) { // Spark throws checked exceptions that no signature names.
      events.failed(e);
      throw e;
    } finally {
      spark.sparkContext().setLocalProperty(DESCRIPTION, described);
    }
  }

  private static TrainingPlan plan(
      TrainingData data,
      Network network,
      long seed,
      ModelFolder folder,
      Optional<PortableNetwork> initial,
      boolean resume) {
    return new TrainingPlan(
        network.name(),
        new HashMap<>(network.spec().options()),
        data.features(),
        data.label(),
        network.training(),
        seed,
        fingerprint(data, network, seed) + initial.map(i -> i.card().weightsSha256()).orElse(""),
        folder,
        initial.orElse(null),
        resume);
  }

  /**
   * The step of the newest whole checkpoint of a training that was cut off, told by what {@link
   * #train} was given; empty if it has none, or if its folder cannot be read.
   */
  public Optional<Long> lastCheckpoint(
      TrainingData data, Network network, long seed, ModelFolder folder) {
    TrainingPlan plan = plan(data, network, seed, folder, Optional.empty(), true);
    try {
      CheckpointStore store = plan.checkpoints(spark.sessionState().newHadoopConf()).orElseThrow();
      Optional<String> newest = store.newest(plan::isOwn);
      return newest.isEmpty() ? Optional.empty() : Optional.of(store.load(newest.get()).step());
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  /**
   * Neither the number of ranks nor what they shard is part of it: a run may go on with another.
   */
  private static String fingerprint(TrainingData data, Network network, long seed) {
    return Sha256.of(
        Json.line(
            List.of(
                data.fingerprint(),
                network.spec(),
                NetworkFiles.digests(network.spec()),
                network
                    .training()
                    .options()
                    .withRanks(1)
                    .withSharding(sameBits(network.training())),
                data.label(),
                seed)));
  }

  /** One word for all shardings that give a training the same bits. */
  private static Sharding sameBits(Training training) {
    Training.Parallelism parallelism = training.parallelism();
    return parallelism.gradients() == Precision.BFLOAT16 && parallelism.sharding() == Sharding.NONE
        ? Sharding.NONE
        : Sharding.OPTIMIZER;
  }

  private void publish(TrainingPlan plan) {
    try {
      NetworkFiles.publish(
          plan.estimator(), plan.filesFolder(), spark.sessionState().newHadoopConf());
    } catch (IOException e) {
      throw new LockstepException(
          "cannot write to " + plan.filesFolder() + ": " + e.getMessage(),
          "Choose another output",
          e);
    }
  }

  private void withdraw(TrainingPlan plan) {
    try {
      NetworkFiles.withdraw(
          plan.estimator(), plan.filesFolder(), spark.sessionState().newHadoopConf());
    } catch (IOException e) {
      listener.warned("%s stays: %s".formatted(plan.filesFolder(), e.getMessage()));
    }
  }

  private void clearCheckpoints(TrainingPlan plan) {
    try {
      plan.checkpoints(spark.sessionState().newHadoopConf()).orElseThrow().clear();
    } catch (IOException e) {
      throw new LockstepException(
          "cannot delete checkpoints of %s: %s".formatted(plan.folder().name(), e.getMessage()),
          "Choose another 'training.checkpoint.directory', or another 'output'",
          e);
    }
  }

  /** Hands on what ranks tell, to Spark's metrics, to its pages and to the listener. */
  private final class RankListener implements JobListener {
    private final TrainingPlan plan;
    private final JobMetrics metrics;
    private final TrainingEvents events;
    private final String model;
    private final String phase;

    /** What the program's own listener threw: it ends the training, and no rank is to blame. */
    private final AtomicReference<RuntimeException> thrown = new AtomicReference<>();

    RankListener(TrainingPlan plan, JobMetrics metrics, TrainingEvents events) {
      this.plan = plan;
      this.metrics = metrics;
      this.events = events;
      this.model = plan.model();
      this.phase = "training " + model;
    }

    /** Spark's pages show a job's description as it was at the job's start. */
    @Override
    public void begins(int attempt) {
      metrics.begins(attempt + 1);
      events.attemptStarted(attempt + 1);
      spark
          .sparkContext()
          .setLocalProperty(
              DESCRIPTION,
              "lockstep trains %s on %d ranks, up to %d epochs of seed %d, attempt %d%s"
                  .formatted(
                      model,
                      plan.training().parallelism().ranks(),
                      plan.training().stopping().epochs(),
                      plan.seed(),
                      attempt + 1,
                      plan.isKept() ? ", into " + plan.folder().path() : ""));
    }

    @Override
    public void report(int rank, String message) {
      RankReport report = Json.read(message, RankReport.class);
      if (report instanceof RankReport.Stepped stepped) {
        show(rank, stepped.step());
        events.stepped(rank, stepped.step());
        listener.stepped(model, rank, stepped.step());
      } else if (report instanceof RankReport.EpochEnded ended) {
        show(rank, ended.step());
        events.epochEnded(ended.epoch());
        listener.epochEnded(model, ended.epoch());
      } else if (report instanceof RankReport.Checkpointed written) {
        events.checkpointed(written.step());
      }
    }

    private void show(int rank, StepReport step) {
      metrics.heard(rank, step.epoch(), step.loss(), step.rowsPerSecond(), step.allReduceMillis());
      if (rank == 0) {
        listener.progressed(new Phase(phase, "", step.stepsDone(), step.mostSteps()));
      }
    }

    @Override
    public boolean answer(int rank, String question) {
      try {
        return listener.stopsAfter(model, Json.read(question, EpochReport.class));
      } catch (RuntimeException e) {
        thrown.compareAndSet(null, e);
        return true;
      }
    }

    @Override
    public void noted(int rank, String message) {
      events.noted(message);
      listener.noted(model, message);
    }

    @Override
    public void warned(int rank, String message) {
      String warning = "rank %d: %s".formatted(rank, message);
      events.warned(warning);
      listener.warned(warning);
    }

    @Override
    public void failed(int rank, int attempt, String cause) {
      events.attemptFailed(rank, attempt + 1, cause);
      listener.attemptFailed(rank, attempt + 1, cause);
    }
  }
}
