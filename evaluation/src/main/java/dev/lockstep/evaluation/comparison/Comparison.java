package dev.lockstep.evaluation.comparison;

import dev.lockstep.data.Json;
import dev.lockstep.data.Preparation;
import dev.lockstep.data.PreparedData;
import dev.lockstep.data.Task;
import dev.lockstep.data.command.Progress;
import dev.lockstep.data.features.LabelLayout;
import dev.lockstep.data.split.Split;
import dev.lockstep.distributor.barrier.JobOptions;
import dev.lockstep.distributor.experiment.Experiment;
import dev.lockstep.distributor.experiment.RunFolder;
import dev.lockstep.distributor.prediction.Predictor;
import dev.lockstep.distributor.training.TrainedModel;
import dev.lockstep.distributor.training.Trainer;
import dev.lockstep.distributor.training.TrainingData;
import dev.lockstep.evaluation.baselines.Baselines;
import dev.lockstep.evaluation.baselines.FittedBaseline;
import dev.lockstep.evaluation.metrics.Curves;
import dev.lockstep.evaluation.metrics.TestMetrics;
import dev.lockstep.evaluation.report.ComparisonResult;
import dev.lockstep.evaluation.report.HtmlReport;
import dev.lockstep.evaluation.report.ModelResult;
import dev.lockstep.models.EstimatorSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/** Runs an experiment: every model on the same rows, judged on the same test split. */
public final class Comparison {
  private final SparkSession spark;
  private final JobOptions job;
  private final Progress progress;

  /** A comparison in a Spark session. */
  public Comparison(SparkSession spark, JobOptions job, Progress progress) {
    this.spark = spark;
    this.job = job;
    this.progress = progress;
  }

  /**
   * Runs.
   *
   * @param command what a person types to run it again
   * @return the result, which is in the run's folder too, as a page and as JSON
   * @throws dev.lockstep.data.LockstepException if something that the experiment says is wrong
   */
  public ComparisonResult run(Experiment experiment, String command) {
    return run(experiment, command, RunListener.NONE);
  }

  /** As {@link #run(Experiment, String)}, and says to a listener how it goes. */
  public ComparisonResult run(Experiment experiment, String command, RunListener listener) {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    long from = System.nanoTime();
    String transform = Trainer.numericTransform(experiment.models().get(0));
    experiment.models().forEach(m -> Trainer.complete(m, experiment.training()));
    progress.now("preparing " + experiment.data().table());
    try (PreparedData data = Preparation.prepare(spark, experiment.data(), transform)) {
      LabelLayout label = data.features().label();
      Baselines baselines = new Baselines(data.features().layout(), label, experiment.seed());
      experiment.baselines().forEach(baselines::check);
      double prepareSeconds = (System.nanoTime() - from) / 1e9;
      progress.done(
          String.format(
              Locale.ROOT,
              "prepared %s version %d in %.1f s: %s",
              data.snapshot().table(),
              data.snapshot().version(),
              prepareSeconds,
              splits(data)));
      data.warnings().forEach(w -> progress.done("warning: " + w));
      RunFolder folder = RunFolder.create(experiment.output(), hadoop);
      folder.write("experiment.yaml", experiment.text(), hadoop);
      listener.started(folder, data);
      List<ModelResult> models = new ArrayList<>();
      int worldSize = 0;
      for (EstimatorSpec model : experiment.models()) {
        TrainedModel trained = train(experiment, data, model, folder, hadoop);
        worldSize = trained.worldSize();
        models.add(judged(model, trained, data));
      }
      for (EstimatorSpec baseline : experiment.baselines()) {
        progress.now("fitting " + baseline.name());
        models.add(judged(baselines.fit(baseline, data.training()), data));
      }
      ComparisonResult result =
          new ComparisonResult(
              folder.runId(),
              Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
              data.snapshot().table(),
              data.snapshot().version(),
              data.snapshot().commitTime(),
              label.task(),
              experiment.data().label(),
              splits(data),
              models,
              worldSize,
              models.get(0).weightsSha256().orElse(""),
              experiment.seed(),
              folder.shown() + "/report.html",
              prepareSeconds,
              command,
              data.warnings(),
              Provenance.of(spark, data),
              experiment.text());
      folder.write("report.html", HtmlReport.render(result), hadoop);
      folder.write("result.json", Json.line(result), hadoop);
      listener.finished(result);
      progress.end();
      return result;
    }
  }

  private static Map<String, Long> splits(PreparedData data) {
    Map<String, Long> splits = new LinkedHashMap<>();
    for (Split split : Split.values()) {
      splits.put(split.column(), data.rows().getOrDefault(split, 0L));
    }
    return splits;
  }

  private TrainedModel train(
      Experiment experiment,
      PreparedData data,
      EstimatorSpec model,
      RunFolder folder,
      Configuration hadoop) {
    String output = folder.path() + "/" + model.name();
    TrainedModel trained =
        new Trainer(spark, job, progress)
            .train(
                TrainingData.of(data),
                model,
                experiment.training(),
                experiment.seed(),
                output,
                false);
    data.features().save(output + "/features", hadoop);
    return trained;
  }

  private ModelResult judged(EstimatorSpec model, TrainedModel trained, PreparedData data) {
    long from = System.nanoTime();
    Dataset<Row> scored =
        new Predictor(spark)
            .score(trained.folder(), data.test())
            .persist(StorageLevel.MEMORY_AND_DISK());
    scored.count();
    double seconds = (System.nanoTime() - from) / 1e9;
    Map<String, Object> settings = new TreeMap<>(model.options());
    Json.fields(trained.training()).forEach(settings::putIfAbsent);
    settings.put("bestEpoch", trained.bestEpoch());
    List<ModelResult.LearningPoint> learning =
        trained.history().stream()
            .map(e -> new ModelResult.LearningPoint(e.epoch(), e.trainLoss(), e.validationLoss()))
            .toList();
    return judged(
        model.name(),
        ModelResult.Kind.network,
        scored,
        data,
        trained.seconds(),
        seconds,
        settings,
        Optional.of(trained.weightsSha256()),
        learning);
  }

  private ModelResult judged(FittedBaseline baseline, PreparedData data) {
    long from = System.nanoTime();
    Dataset<Row> scored = baseline.score(data.test()).persist(StorageLevel.MEMORY_AND_DISK());
    scored.count();
    double seconds = (System.nanoTime() - from) / 1e9;
    return judged(
        baseline.name(),
        ModelResult.Kind.baseline,
        scored,
        data,
        baseline.trainSeconds(),
        seconds,
        baseline.settings(),
        Optional.empty(),
        List.of());
  }

  private ModelResult judged(
      String name,
      ModelResult.Kind kind,
      Dataset<Row> scored,
      PreparedData data,
      double trainSeconds,
      double predictSeconds,
      Map<String, Object> settings,
      Optional<String> weightsSha256,
      List<ModelResult.LearningPoint> learning) {
    LabelLayout label = data.features().label();
    boolean binary = label.task() == Task.BINARY;
    try {
      ModelResult result =
          new ModelResult(
              name,
              kind,
              TestMetrics.of(label, scored),
              trainSeconds,
              predictSeconds,
              settings,
              weightsSha256,
              learning,
              binary ? Curves.roc(scored) : List.of(),
              binary ? Curves.calibration(scored) : List.of());
      progress.done(String.format(Locale.ROOT, "%s trained in %.1f s", name, trainSeconds));
      return result;
    } finally {
      scored.unpersist(false);
    }
  }
}
