package dev.lockstep.evaluation.comparison;

import static org.apache.spark.sql.functions.col;

import dev.lockstep.data.Figures;
import dev.lockstep.data.LockstepException;
import dev.lockstep.data.PreparedData;
import dev.lockstep.data.command.Progress;
import dev.lockstep.data.features.LabelLayout;
import dev.lockstep.data.lanes.EncodedRows;
import dev.lockstep.data.split.Split;
import dev.lockstep.distributor.experiment.Experiment;
import dev.lockstep.distributor.experiment.RunFolder;
import dev.lockstep.distributor.experiment.TuningSpec;
import dev.lockstep.distributor.training.ModelFolder;
import dev.lockstep.evaluation.metrics.MainMetric;
import dev.lockstep.evaluation.metrics.Scores;
import dev.lockstep.evaluation.metrics.TestMetrics;
import dev.lockstep.evaluation.tuning.Tuner;
import dev.lockstep.models.EstimatorSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/** Tunes, trains and judges the entries of a comparison, each in the same way. */
final class EntryRunner {
  private final Experiment experiment;
  private final PreparedData data;
  private final RunFolder folder;
  private final Configuration hadoop;
  private final Meter meter;
  private final Progress progress;

  EntryRunner(
      Experiment experiment,
      PreparedData data,
      RunFolder folder,
      Configuration hadoop,
      Meter meter,
      Progress progress) {
    this.experiment = experiment;
    this.data = data;
    this.folder = folder;
    this.hadoop = hadoop;
    this.meter = meter;
    this.progress = progress;
  }

  /** Tunes on the validation split where the experiment wants it, then trains once a seed. */
  ModelRun run(Entry entry) {
    Tuner.Tuned tuned =
        experiment
            .tuning()
            .map(
                budget ->
                    new Tuner(budget, tuningMetric(), experiment.seed())
                        .tune(
                            entry.spec(),
                            entry.learner().space(entry.spec()),
                            spec -> trial(entry, spec)))
            .orElseGet(() -> new Tuner.Tuned(entry.spec(), List.of()));
    List<ModelRun.SeedRun> bySeed = new ArrayList<>();
    for (long seed : experiment.seeds()) {
      bySeed.add(run(entry, tuned.best(), seed));
    }
    return new ModelRun(entry, tuned.trials(), bySeed);
  }

  private MainMetric tuningMetric() {
    return experiment
        .tuning()
        .flatMap(TuningSpec::givenMetric)
        .map(MainMetric::new)
        .orElseGet(() -> MainMetric.of(label().task()));
  }

  /** Fits and judges on the validation split; nothing is kept. */
  private double trial(Entry entry, EstimatorSpec spec) {
    progress.now("tuning " + entry.name());
    ModelFolder kept = new ModelFolder(folder.path(), "tuning");
    String metric = tuningMetric().name();
    double score;
    try {
      Learned learned = entry.learner().learn(spec, experiment.seed(), kept);
      score = TestMetrics.of(scores(learned, validation())).get(metric);
    } finally {
      delete(kept.path());
    }
    progress.done("%s tried: validation %s %s".formatted(entry.name(), metric, Figures.of(score)));
    return score;
  }

  private ModelRun.SeedRun run(Entry entry, EstimatorSpec spec, long seed) {
    boolean several = experiment.seeds().size() > 1;
    String title = several ? entry.name() + " seed " + seed : entry.name();
    progress.now("fitting " + title);
    ModelFolder kept =
        new ModelFolder(folder.path(), entry.name() + (several ? "/seed-" + seed : ""));
    Meter.Measured<Learned> training = meter.measure(() -> entry.learner().learn(spec, seed, kept));
    Learned learned = training.value();
    Meter.Measured<Scores> prediction = meter.measure(() -> scores(learned, data.test()));
    String metric = MainMetric.of(label().task()).name();
    double validation =
        data.rows().getOrDefault(Split.VALIDATION, 0L) == 0
            ? Double.NaN
            : TestMetrics.of(scores(learned, validation())).get(metric);
    progress.done("%s trained in %s".formatted(title, Figures.seconds(learned.seconds())));
    return new ModelRun.SeedRun(
        learned,
        prediction.value(),
        validation,
        prediction.seconds(),
        training.cpuSeconds(),
        Math.max(training.peakMegabytes(), prediction.peakMegabytes()));
  }

  private Scores scores(Learned learned, Dataset<Row> encoded) {
    Dataset<Row> scored = learned.scoring().apply(encoded).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      return Scores.collect(label(), scored);
    } finally {
      scored.unpersist(false);
    }
  }

  private Dataset<Row> validation() {
    return data.training().where(col(EncodedRows.SPLIT).equalTo(Split.VALIDATION.column()));
  }

  private LabelLayout label() {
    return data.features().label();
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
