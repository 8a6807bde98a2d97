package dev.lockstep.evaluation.comparison;

import static org.apache.spark.sql.functions.col;

import dev.lockstep.data.Json;
import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Task;
import dev.lockstep.data.encoded.EncodedRows;
import dev.lockstep.data.features.LabelLayout;
import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.data.progress.SparkPhase;
import dev.lockstep.data.split.Split;
import dev.lockstep.distributor.experiment.Experiment;
import dev.lockstep.distributor.experiment.RunFolder;
import dev.lockstep.distributor.experiment.TuningSpec;
import dev.lockstep.distributor.internal.spark.ui.RunEvents;
import dev.lockstep.distributor.saved.ModelFolder;
import dev.lockstep.evaluation.metrics.Confusion;
import dev.lockstep.evaluation.metrics.MainMetric;
import dev.lockstep.evaluation.metrics.Scores;
import dev.lockstep.evaluation.metrics.TestMetrics;
import dev.lockstep.evaluation.tuning.SearchSpace;
import dev.lockstep.evaluation.tuning.Trial;
import dev.lockstep.evaluation.tuning.Tuner;
import dev.lockstep.models.EstimatorSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Tunes, trains and judges the candidates of a comparison, each in the same way. What the run's
 * folder has of a candidate already, as the run was cut off, is taken as it is.
 */
final class CandidateRunner {
  /** About so many jobs score the rows of two splits and keep the scores. */
  private static final int SCORING_JOBS = 18;

  private final Experiment experiment;
  private final LabelLayout label;
  private final RunFolder folder;
  private final String part;
  private final ScoresTable scores;
  private final Configuration hadoop;
  private final Meter meter;
  private final TuningPhases listener;
  private final RunEvents events;

  /**
   * A runner for the rows of one split.
   *
   * @param part the part of the run's folder in which its models are kept; empty for the whole
   * @param scores what models predict is kept there
   * @param listener hears of the learners' phases, too
   * @param events the run's, for Spark's pages
   */
  CandidateRunner(
      Experiment experiment,
      LabelLayout label,
      RunFolder folder,
      String part,
      ScoresTable scores,
      Configuration hadoop,
      Meter meter,
      TuningPhases listener,
      RunEvents events) {
    this.experiment = experiment;
    this.label = label;
    this.folder = folder;
    this.part = part;
    this.scores = scores;
    this.hadoop = hadoop;
    this.meter = meter;
    this.listener = listener;
    this.events = events;
  }

  /** Tunes on the validation split where the experiment wants it, then trains once a seed. */
  ModelRun run(Candidate candidate) {
    Tuner.Tuned tuned =
        experiment
            .tuning()
            .map(budget -> tuned(candidate, budget))
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

  /** A model that is judged has its options: more trials could find others. */
  private Tuner.Tuned tuned(Candidate candidate, TuningSpec budget) {
    Tuner tuner = new Tuner(budget, tuningMetric(), experiment.seed());
    KeptTrials trials = new KeptTrials(folder, part + candidate.name(), hadoop);
    List<Trial> before = trials.read();
    SearchSpace space = candidate.learner().space(candidate.spec());
    if (!before.isEmpty() && isJudged(candidate)) {
      return tuner.chosen(candidate.spec(), space, before);
    }
    int most = space.isEmpty() ? 1 : budget.mostTrials();
    boolean well = false;
    try {
      Tuner.Tuned tuned =
          tuner.tune(
              candidate.spec(),
              space,
              before,
              (number, spec) -> {
                listener.trial(part + candidate.name(), budget, most, number);
                return trial(candidate, number, spec);
              },
              (trial, all) -> {
                trials.write(all);
                tell(candidate, trial);
              });
      well = true;
      return tuned;
    } finally {
      listener.end(well);
    }
  }

  private boolean isJudged(Candidate candidate) {
    return experiment.seeds().stream()
        .anyMatch(seed -> JudgedModel.read(folder, kept(candidate, seed), hadoop).isPresent());
  }

  private ModelFolder kept(Candidate candidate, long seed) {
    return new ModelFolder(folder.path(), part + experiment.place(candidate.name(), seed));
  }

  private MainMetric tuningMetric() {
    return experiment
        .tuning()
        .flatMap(TuningSpec::givenMetric)
        .map(MainMetric::new)
        .orElseGet(() -> MainMetric.of(label.task()));
  }

  private Fit fit(Candidate candidate, EstimatorSpec spec, long seed, Optional<Integer> trial) {
    return new Fit(candidate.name(), part, seed, trial, spec.options());
  }

  /** Fits and judges on the validation split; nothing is kept. */
  private double trial(Candidate candidate, int number, EstimatorSpec spec) {
    Fit fit = fit(candidate, spec, experiment.seed(), Optional.of(number));
    listener.fitting(fit);
    ModelFolder kept = new ModelFolder(folder.path(), part + "tuning");
    String metric = tuningMetric().name();
    try {
      FittedModel fitted =
          candidate.learner().learn(spec, experiment.seed(), kept, Optional.empty());
      double score =
          TestMetrics.of(scores(fitted, validation(candidate.learner().rows(spec)))).get(metric);
      listener.fitted(
          fit,
          new Fit.Result(
              fitted.settings(),
              Map.of("validation/" + metric, score, "seconds", fitted.seconds())));
      return score;
    } catch (LockstepException e) {
      listener.fitFailed(fit, e.getMessage());
      throw e;
    } finally {
      delete(kept.path());
    }
  }

  /** A trial is told when it is kept. */
  private void tell(Candidate candidate, Trial trial) {
    events.tried(
        part + candidate.name(),
        trial.number(),
        Json.line(trial.changed()),
        tuningMetric().name(),
        trial.score(),
        trial.seconds(),
        trial.failure());
    if (trial.failure().isEmpty()) {
      listener.tried(candidate.name(), tuningMetric().name(), trial.score());
    }
  }

  private ModelRun.SeedRun run(Candidate candidate, EstimatorSpec spec, long seed) {
    boolean several = experiment.seeds().size() > 1;
    String title = part + candidate.name() + (several ? " seed " + seed : "");
    ModelFolder kept = kept(candidate, seed);
    Optional<ModelRun.SeedRun> before = before(candidate, spec, seed, kept);
    if (before.isPresent()) {
      listener.trainedBefore(title);
      events.trained(title, before.get().fitted().seconds());
      return before.get();
    }
    Fit fit = fit(candidate, spec, seed, Optional.empty());
    listener.fitting(fit);
    PreparedData rows = candidate.learner().rows(spec);
    Meter.Measured<FittedModel> training =
        meter.measure(
            () ->
                candidate.learner().learn(spec, seed, kept, Optional.of(part + candidate.name())));
    FittedModel fitted = training.value();
    if (part.isEmpty()) {
      fitted.keep().run();
    }
    ModelRun.SeedRun run =
        SparkPhase.ofJobs(
                rows.encodedRows().sparkSession(), "scoring with " + title, SCORING_JOBS, listener)
            .run(() -> judged(candidate, seed, training, rows));
    JudgedModel.of(run).write(folder, kept, hadoop);
    listener.fitted(fit, result(run));
    listener.trained(title, fitted.seconds());
    events.trained(title, fitted.seconds());
    return run;
  }

  private Fit.Result result(ModelRun.SeedRun run) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    TestMetrics.of(run.test()).forEach((name, value) -> metrics.put("test/" + name, value));
    metrics.put("validation/" + MainMetric.of(label.task()).name(), run.validation());
    metrics.put("seconds", run.fitted().seconds());
    return new Fit.Result(run.fitted().settings(), metrics);
  }

  private ModelRun.SeedRun judged(
      Candidate candidate, long seed, Meter.Measured<FittedModel> training, PreparedData rows) {
    FittedModel fitted = training.value();
    Dataset<Row> test = persisted(fitted, rows.test());
    Optional<Dataset<Row>> validation =
        rows.rows(Split.VALIDATION) == 0
            ? Optional.empty()
            : Optional.of(persisted(fitted, validation(rows)));
    try {
      Meter.Measured<Scores> prediction = meter.measure(() -> Scores.collect(label, test));
      Optional<Scores> validated = validation.map(scored -> Scores.collect(label, scored));
      scores.add(candidate.name(), seed, test, validation);
      String metric = MainMetric.of(label.task()).name();
      return new ModelRun.SeedRun(
          fitted,
          prediction.value(),
          validated.map(v -> TestMetrics.of(v).get(metric)).orElse(Double.NaN),
          label.task() == Task.BINARY
              ? validated.flatMap(Confusion::bestThreshold)
              : Optional.empty(),
          experiment.ensemble() ? validated : Optional.empty(),
          prediction.seconds(),
          training.cpuSeconds(),
          Math.max(training.peakMegabytes(), prediction.peakMegabytes()));
    } finally {
      test.unpersist(false);
      validation.ifPresent(scored -> scored.unpersist(false));
    }
  }

  /**
   * A model that was trained and judged before the run was cut off.
   *
   * @throws LockstepException if its network is there no more, or damaged
   */
  private Optional<ModelRun.SeedRun> before(
      Candidate candidate, EstimatorSpec spec, long seed, ModelFolder kept) {
    Optional<JudgedModel> judged = JudgedModel.read(folder, kept, hadoop);
    if (judged.isEmpty()) {
      return Optional.empty();
    }
    PreparedData rows = candidate.learner().rows(spec);
    Optional<Scores> test = scores.find(candidate.name(), seed, Split.TEST);
    Optional<Scores> validated =
        experiment.ensemble() && rows.rows(Split.VALIDATION) > 0
            ? scores.find(candidate.name(), seed, Split.VALIDATION)
            : Optional.empty();
    if (test.isEmpty() || test.get().rows() != rows.rows(Split.TEST)) {
      return Optional.empty(); // Somebody has taken the scores away: it is judged again.
    }
    judged
        .get()
        .weightsSha256()
        .ifPresent(s -> new FinishedNetwork(kept, JudgedModel.FILE).verify(s, hadoop));
    return Optional.of(judged.get().run(candidate.learner().scoring(kept), test.get(), validated));
  }

  private Scores scores(FittedModel fitted, Dataset<Row> encoded) {
    Dataset<Row> scored = persisted(fitted, encoded);
    try {
      return Scores.collect(label, scored);
    } finally {
      scored.unpersist(false);
    }
  }

  private static Dataset<Row> persisted(FittedModel fitted, Dataset<Row> encoded) {
    return fitted.scoring().apply(encoded).persist(StorageLevel.MEMORY_AND_DISK());
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
