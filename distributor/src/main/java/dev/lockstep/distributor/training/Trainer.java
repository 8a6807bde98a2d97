package dev.lockstep.distributor.training;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lockstep.data.Json;
import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Sha256;
import dev.lockstep.data.command.Progress;
import dev.lockstep.data.lanes.LaneShuffle;
import dev.lockstep.distributor.barrier.Distributor;
import dev.lockstep.distributor.barrier.JobListener;
import dev.lockstep.distributor.barrier.JobOptions;
import dev.lockstep.distributor.metrics.JobMetrics;
import dev.lockstep.models.EstimatorSpec;
import dev.lockstep.models.ModelFamily;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;

/** The standard loop on W ranks. */
public final class Trainer {
  private static final String DESCRIPTION = "spark.job.description";

  private final SparkSession spark;
  private final JobOptions options;
  private final Progress progress;

  /** A trainer in a Spark session. */
  public Trainer(SparkSession spark, JobOptions options, Progress progress) {
    this.spark = spark;
    this.options = options;
    this.progress = progress;
  }

  /**
   * Trains a network; it ends up in the folder {@code model} of {@code output}.
   *
   * @param model the network; its option {@code training} overrides the specification's
   * @param training how, as far as the experiment says
   * @param output folder of the run
   * @param resume whether to go on from a checkpoint that an earlier run with the same inputs left
   * @throws LockstepException as {@link Distributor#run}, and if a loss becomes NaN
   */
  public TrainedModel train(
      TrainingData data,
      EstimatorSpec model,
      TrainingSpec training,
      long seed,
      String output,
      boolean resume) {
    long from = System.nanoTime();
    TrainingSpec whole = complete(model, training);
    TrainingPlan plan =
        new TrainingPlan(
            model.name(),
            new HashMap<>(modelOptions(model)),
            data.features(),
            data.label(),
            whole,
            seed,
            fingerprint(data, model, whole, seed),
            output,
            resume);
    plan.check();
    if (!resume) {
      delete(plan.checkpointFolder());
    }
    RDD<InternalRow> rows = LaneShuffle.shuffle(data.rows(), whole.lanes(), whole.ranks());
    publish(plan);
    List<RankResult> results;
    String described = spark.sparkContext().getLocalProperty(DESCRIPTION);
    try (JobMetrics metrics = new JobMetrics(whole.ranks())) {
      results =
          new Distributor(spark.sparkContext(), options, new Listener(plan, metrics))
              .run(rows, new TrainingFunction(plan));
    } finally {
      spark.sparkContext().setLocalProperty(DESCRIPTION, described);
      progress.end();
      delete(plan.filesFolder());
    }
    try {
      delete(plan.checkpointFolder());
    } catch (LockstepException e) {
      progress.done("warning: the checkpoints stay where they are: " + e.problem());
    }
    RankResult first = results.get(0);
    return new TrainedModel(
        plan.modelFolder(),
        first.weightsSha256(),
        whole.ranks(),
        first.bestEpoch(),
        first.history(),
        first.stepLosses(),
        first.resumedAt(),
        whole,
        (System.nanoTime() - from) / 1e9);
  }

  /** What the experiment says, then what the model wants, then what holds for all. */
  public static TrainingSpec complete(EstimatorSpec model, TrainingSpec training) {
    ModelFamily family = family(model);
    JsonMapper mapper = JsonMapper.builder().build();
    TrainingSpec own = spec(mapper, model.options().getOrDefault("training", Map.of()));
    TrainingSpec wanted = spec(mapper, family.trainingDefaults());
    return own.orElse(training).orElse(wanted).orElse(TrainingSpec.defaults());
  }

  /** The name of the numeric transform that a network does best with. */
  public static String numericTransform(EstimatorSpec model) {
    return family(model).numericTransform().name().toLowerCase(Locale.ROOT);
  }

  private static TrainingSpec spec(JsonMapper mapper, Object options) {
    try {
      return mapper.convertValue(options, TrainingSpec.class);
    } catch (IllegalArgumentException e) {
      throw new LockstepException(
          "a model's own training section is wrong: " + e.getMessage(),
          "Its keys are those of the experiment's training section",
          e);
    }
  }

  private static ModelFamily family(EstimatorSpec model) {
    try {
      return ModelFamily.named(model.name());
    } catch (IllegalArgumentException e) {
      throw new LockstepException(e.getMessage(), "Mend 'model' in the experiment file", e);
    }
  }

  private static Map<String, Object> modelOptions(EstimatorSpec model) {
    Map<String, Object> options = new HashMap<>(model.options());
    options.remove("training");
    return options;
  }

  /** The number of ranks is not part of it: a run may go on with another. */
  private static String fingerprint(
      TrainingData data, EstimatorSpec model, TrainingSpec training, long seed) {
    return Sha256.of(
        Json.line(
            List.of(
                data.fingerprint(),
                model,
                NetworkFiles.digests(new EstimatorSpec(model.name(), modelOptions(model))),
                training.withRanks(1),
                data.label(),
                seed)));
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

  private void delete(String folder) {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    Path path = new Path(folder);
    try {
      FileSystem files = path.getFileSystem(hadoop);
      files.delete(path, true);
    } catch (IOException e) {
      throw new LockstepException(
          "cannot write to " + folder + ": " + e.getMessage(), "Choose another output", e);
    }
  }

  /** Turns what ranks tell into what a person reads. */
  private final class Listener implements JobListener {
    private final TrainingPlan plan;
    private final JobMetrics metrics;
    private final String model;

    Listener(TrainingPlan plan, JobMetrics metrics) {
      this.plan = plan;
      this.metrics = metrics;
      this.model = plan.model();
    }

    /** Spark's pages show a job's description as it was at the job's start. */
    @Override
    public void begins(int attempt) {
      metrics.begins(attempt + 1);
      spark
          .sparkContext()
          .setLocalProperty(
              DESCRIPTION,
              "lockstep trains %s on %d ranks, up to %d epochs of seed %d, attempt %d, into %s"
                  .formatted(
                      model,
                      plan.training().ranks(),
                      plan.training().epochs(),
                      plan.seed(),
                      attempt + 1,
                      plan.output()));
    }

    @Override
    public void report(int rank, String message) {
      RankReport report = Json.read(message, RankReport.class);
      metrics.heard(
          rank, report.epoch(), report.loss(), report.rowsPerSecond(), report.allReduceMillis());
      if (report.finished() != null) {
        progress.done(line(report.finished()));
      } else {
        progress.now(line(rank, report));
      }
    }

    private String line(EpochReport epoch) {
      return "%s  epoch %3d  loss %.5f  validation %.5f%s  %,.0f rows/s  data %.0f%%  communication %.0f%%"
          .formatted(
              model,
              epoch.epoch(),
              epoch.trainLoss(),
              epoch.validationMetric(),
              epoch.best() ? " *" : "  ",
              epoch.rowsPerSecond(),
              100 * epoch.dataShare(),
              100 * epoch.communicationShare());
    }

    private String line(int rank, RankReport report) {
      double done = (report.epoch() - 1) * (double) report.steps() + report.step();
      return "%s  epoch %d of at most %d, step %d/%d (%.0f%%)  loss %.5f  %,.0f rows/s  rank %d: data %.0f%%, communication %.0f%%"
          .formatted(
              model,
              report.epoch(),
              report.epochs(),
              report.step(),
              report.steps(),
              100 * done / ((double) report.epochs() * report.steps()),
              report.loss(),
              report.rowsPerSecond(),
              rank,
              100 * report.dataShare(),
              100 * report.communicationShare());
    }

    @Override
    public void warned(int rank, String message) {
      progress.done("warning: rank %d: %s".formatted(rank, message));
    }

    @Override
    public void failed(int rank, int attempt, String cause) {
      progress.done(
          "rank %d failed in attempt %d: %s"
              .formatted(rank, attempt + 1, cause.replace('\0', ' ')));
    }
  }
}
