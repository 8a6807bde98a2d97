package dev.lockstep.evaluation.comparison;

import static org.apache.spark.sql.functions.col;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.encoded.EncodedRows;
import dev.lockstep.data.features.LabelLayout;
import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.data.split.Split;
import dev.lockstep.distributor.experiment.Experiment;
import dev.lockstep.distributor.experiment.RunFolder;
import dev.lockstep.distributor.experiment.TuningSpec;
import dev.lockstep.distributor.saved.ModelFolder;
import dev.lockstep.evaluation.metrics.MainMetric;
import dev.lockstep.evaluation.metrics.Scores;
import dev.lockstep.evaluation.metrics.TestMetrics;
import dev.lockstep.evaluation.tuning.Tuner;
import dev.lockstep.models.EstimatorSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/** Tunes, trains and judges the candidates of a comparison, each in the same way. */
final class CandidateRunner {
  private final Experiment experiment;
  private final LabelLayout label;
  private final RunFolder folder;
  private final String part;
  private final Configuration hadoop;
  private final Meter meter;
  private final ComparisonListener listener;

  /**
   * A runner for the rows of one split.
   *
   * @param part the part of the run's folder in which its models are kept; empty for the whole
   */
  CandidateRunner(
      Experiment experiment,
      LabelLayout label,
      RunFolder folder,
      String part,
      Configuration hadoop,
      Meter meter,
      ComparisonListener listener) {
    this.experiment = experiment;
    this.label = label;
    this.folder = folder;
    this.part = part;
    this.hadoop = hadoop;
    this.meter = meter;
    this.listener = listener;
  }

  /** Tunes on the validation split where the experiment wants it, then trains once a seed. */
  ModelRun run(Candidate candidate) {
    Tuner.Tuned tuned =
        experiment
            .tuning()
            .map(
                budget ->
                    new Tuner(budget, tuningMetric(), experiment.seed())
                        .tune(
                            candidate.spec(),
                            candidate.learner().space(candidate.spec()),
                            spec -> trial(candidate, spec)))
            .orElseGet(() -> new Tuner.Tuned(candidate.spec(), List.of()));
    List<ModelRun.SeedRun> bySeed = new ArrayList<>();
    for (long seed : experiment.seeds()) {
      bySeed.add(run(candidate, tuned.best(), seed));
    }
    return new ModelRun(
        candidate.name(),
        candidate.learner().kind(),
        candidate.learner().rows(candidate.spec()),
        tuned.trials(),
        bySeed);
  }

  private MainMetric tuningMetric() {
    return experiment
        .tuning()
        .flatMap(TuningSpec::givenMetric)
        .map(MainMetric::new)
        .orElseGet(() -> MainMetric.of(label.task()));
  }

  /** Fits and judges on the validation split; nothing is kept. */
  private double trial(Candidate candidate, EstimatorSpec spec) {
    listener.begins("tuning " + part + candidate.name());
    ModelFolder kept = new ModelFolder(folder.path(), part + "tuning");
    String metric = tuningMetric().name();
    double score;
    try {
      FittedModel fitted = candidate.learner().learn(spec, experiment.seed(), kept);
      score =
          TestMetrics.of(scores(fitted, validation(candidate.learner().rows(spec)))).get(metric);
    } finally {
      delete(kept.path());
    }
    listener.tried(candidate.name(), metric, score);
    return score;
  }

  private ModelRun.SeedRun run(Candidate candidate, EstimatorSpec spec, long seed) {
    boolean several = experiment.seeds().size() > 1;
    String title = part + candidate.name() + (several ? " seed " + seed : "");
    listener.begins("fitting " + title);
    ModelFolder kept =
        new ModelFolder(folder.path(), part + candidate.name() + (several ? "/seed-" + seed : ""));
    PreparedData rows = candidate.learner().rows(spec);
    Meter.Measured<FittedModel> training =
        meter.measure(() -> candidate.learner().learn(spec, seed, kept));
    FittedModel fitted = training.value();
    if (part.isEmpty()) {
      fitted.keep().run();
    }
    Meter.Measured<Scores> prediction = meter.measure(() -> scores(fitted, rows.test()));
    Optional<Scores> validated =
        rows.rows(Split.VALIDATION) == 0
            ? Optional.empty()
            : Optional.of(scores(fitted, validation(rows)));
    String metric = MainMetric.of(label.task()).name();
    double value = validated.map(v -> TestMetrics.of(v).get(metric)).orElse(Double.NaN);
    listener.trained(title, fitted.seconds());
    return new ModelRun.SeedRun(
        fitted,
        prediction.value(),
        value,
        experiment.ensemble() ? validated : Optional.empty(),
        prediction.seconds(),
        training.cpuSeconds(),
        Math.max(training.peakMegabytes(), prediction.peakMegabytes()));
  }

  private Scores scores(FittedModel fitted, Dataset<Row> encoded) {
    Dataset<Row> scored = fitted.scoring().apply(encoded).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      return Scores.collect(label, scored);
    } finally {
      scored.unpersist(false);
    }
  }

  private static Dataset<Row> validation(PreparedData rows) {
    return rows.training().where(col(EncodedRows.SPLIT).equalTo(Split.VALIDATION.column()));
  }

  private void delete(String path) {
    try {
      new Path(path).getFileSystem(hadoop).delete(new Path(path), true);
    } catch (IOException e) {
      throw new LockstepException(
          "cannot delete " + path + ": " + e.getMessage(), "Choose another 'output'", e);
    }
  }
}
