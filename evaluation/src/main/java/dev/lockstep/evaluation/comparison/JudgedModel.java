package dev.lockstep.evaluation.comparison;

import dev.lockstep.data.Json;
import dev.lockstep.distributor.experiment.RunFolder;
import dev.lockstep.distributor.saved.ModelFolder;
import dev.lockstep.evaluation.baselines.Trees;
import dev.lockstep.evaluation.comparison.ModelRun.SeedRun;
import dev.lockstep.evaluation.metrics.Scores;
import dev.lockstep.evaluation.result.ModelResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What a run's folder keeps of a model that is trained and judged, beside the model itself and its
 * scores: the file is written last, so where it is, all is there.
 */
record JudgedModel(
    double seconds,
    Map<String, Object> settings,
    Optional<String> weightsSha256,
    List<ModelResult.LearningPoint> learning,
    long numbers,
    Optional<Trees> trees,
    double validation,
    Optional<Double> threshold,
    double predictSeconds,
    double cpuSeconds,
    double peakMegabytes) {
  static final String FILE = "judged.json";

  static JudgedModel of(SeedRun run) {
    FittedModel fitted = run.fitted();
    return new JudgedModel(
        fitted.seconds(),
        new LinkedHashMap<>(fitted.settings()),
        fitted.weightsSha256(),
        fitted.learning(),
        fitted.numbers(),
        fitted.trees(),
        run.validation(),
        run.threshold(),
        run.predictSeconds(),
        run.cpuSeconds(),
        run.peakMegabytes());
  }

  /** Reads it; empty where a model is not finished. */
  static Optional<JudgedModel> read(RunFolder run, ModelFolder model, Configuration hadoop) {
    return run.read(model.model() + "/" + FILE, hadoop)
        .map(json -> Json.read(json, JudgedModel.class));
  }

  void write(RunFolder run, ModelFolder model, Configuration hadoop) {
    run.write(model.model() + "/" + FILE, Json.line(this), hadoop);
  }

  /**
   * The run of the model, as it was.
   *
   * @param scoring from encoded rows to scored rows
   * @param test its predictions of the test split
   * @param validated those of the validation split, where they are asked for
   */
  SeedRun run(UnaryOperator<Dataset<Row>> scoring, Scores test, Optional<Scores> validated) {
    FittedModel fitted =
        new FittedModel(
            scoring, seconds, settings, weightsSha256, learning, numbers, trees, () -> {});
    return new SeedRun(
        fitted, test, validation, threshold, validated, predictSeconds, cpuSeconds, peakMegabytes);
  }
}
