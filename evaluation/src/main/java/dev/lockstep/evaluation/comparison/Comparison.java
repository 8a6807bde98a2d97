package dev.lockstep.evaluation.comparison;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Names;
import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.data.profile.DataProfile;
import dev.lockstep.data.progress.SparkPhase;
import dev.lockstep.data.split.Split;
import dev.lockstep.distributor.experiment.Experiment;
import dev.lockstep.distributor.experiment.HistoryFile;
import dev.lockstep.distributor.experiment.ResumedRun;
import dev.lockstep.distributor.experiment.RunFolder;
import dev.lockstep.distributor.experiment.RunInputs;
import dev.lockstep.distributor.experiment.SplitsSpec;
import dev.lockstep.distributor.experiment.TuningSpec;
import dev.lockstep.distributor.internal.spark.ui.RunEvents;
import dev.lockstep.distributor.rendezvous.RendezvousOptions;
import dev.lockstep.distributor.spec.Network;
import dev.lockstep.evaluation.baselines.Baselines;
import dev.lockstep.evaluation.metrics.MainMetric;
import dev.lockstep.evaluation.metrics.TestMetrics;
import dev.lockstep.evaluation.provenance.Provenance;
import dev.lockstep.evaluation.result.ComparisonResult;
import dev.lockstep.evaluation.result.Finalists;
import dev.lockstep.evaluation.result.ModelResult;
import dev.lockstep.evaluation.uncertainty.Contrasts;
import dev.lockstep.evaluation.uncertainty.JudgedSplit;
import dev.lockstep.evaluation.uncertainty.Units;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/** Runs an experiment: every model on the same rows, judged on the same test split. */
public final class Comparison {
  private static final int MANY_CLASSES = 10;

  /** About so many jobs does a look at the data take. */
  private static final int PROFILE_JOBS = 4;

  private final SparkSession spark;
  private final RendezvousOptions job;
  private final ComparisonListener listener;

  /**
   * Comparisons in a Spark session.
   *
   * @param job how ranks meet
   * @param listener hears how each comparison goes
   */
  public Comparison(SparkSession spark, RendezvousOptions job, ComparisonListener listener) {
    this.spark = spark;
    this.job = job;
    this.listener = listener;
  }

  /**
   * Refuses what no data could make right.
   *
   * @throws LockstepException naming the option
   */
  public static void check(Experiment experiment) {
    experiment.check();
    experiment.baselines().forEach(b -> Baselines.check(b, experiment.data().task()));
    checkMetric(experiment);
    if (experiment.ensemble() && experiment.baselines().isEmpty()) {
      throw new LockstepException(
          "'ensemble' is a network and a baseline together, and there is no baseline",
          "Name one in 'baselines', or leave 'ensemble' out");
    }
  }

  /**
   * Runs.
   *
   * @param command what a person types to run it again
   * @return the result, which is in the run's folder too: a page, Markdown and JSON
   * @throws LockstepException if something that the experiment says is wrong
   */
  public ComparisonResult run(Experiment experiment, String command) {
    return run(experiment, command, (folder, provenance) -> {});
  }

  /**
   * Runs, as {@link #run(Experiment, String)}.
   *
   * @param started gets the run's folder and provenance, before any model is trained
   */
  public ComparisonResult run(
      Experiment experiment, String command, BiConsumer<RunFolder, Provenance> started) {
    return run(experiment, command, Optional.empty(), started);
  }

  /**
   * Resumes a run that was cut off: models that were trained and judged are not trained again,
   * trials are not made again, and a network that was being trained is resumed from its last
   * checkpoint. The result is that of a run that is not cut off, but for times.
   *
   * @param run the run, with its own experiment
   * @param started as for {@link #run(Experiment, String, BiConsumer)}
   */
  public ComparisonResult resume(
      ResumedRun run, String command, BiConsumer<RunFolder, Provenance> started) {
    return run(run.experiment(), command, Optional.of(run.folder()), started);
  }

  private ComparisonResult run(
      Experiment experiment,
      String command,
      Optional<RunFolder> resumed,
      BiConsumer<RunFolder, Provenance> started) {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    long from = System.nanoTime();
    check(experiment);
    experiment
        .baselines()
        .forEach(b -> Baselines.check(b, experiment.data().task(), spark.sparkContext()));
    List<Network> networks = experiment.networks();
    int ranks = networks.get(0).training().parallelism().ranks();
    try (ExperimentRows rows =
            new ExperimentRows(spark, experiment.data(), networks.get(0).transform(), listener);
        FurtherSplits further =
            new FurtherSplits(
                spark,
                rows.pinned(),
                experiment.allSplits(),
                networks.get(0).transform(),
                listener);
        Meter meter = new Meter(spark)) {
      PreparedData data = rows.first();
      checkTuning(experiment, data);
      further.all().forEach(own -> checkTuning(experiment, own.first()));
      double prepareSeconds = (System.nanoTime() - from) / 1e9;
      listener.prepared(data, prepareSeconds);
      List<String> warnings = warnings(experiment, data);
      warnings.forEach(listener::warned);
      RunFolder folder =
          resumed.orElseGet(() -> RunInputs.begin(RunInputs.COMPARE, data, experiment, hadoop));
      Provenance provenance = Provenance.of(spark, data);
      listener.started(folder);
      started.accept(folder, provenance);
      DataProfile profile =
          SparkPhase.ofJobs(spark, "looking at the data", PROFILE_JOBS, listener)
              .run(() -> DataProfile.of(spark, experiment.data(), data));
      List<SplitRuns> bySplit = new ArrayList<>();
      try (HistoryFile history = HistoryFile.open(folder, hadoop)) {
        Surroundings around = new Surroundings(folder, history, resumed.isPresent(), meter);
        bySplit.add(runs(experiment, rows, around, 1));
        for (ExperimentRows own : further.all()) {
          bySplit.add(runs(experiment, own, around, bySplit.size() + 1));
          own.close();
        }
      }
      bySplit = SplitRuns.alike(bySplit);
      List<ModelRun> runs = bySplit.get(0).runs();
      List<ModelResult> models = SplitRuns.results(bySplit);
      MainMetric metric = MainMetric.of(data.features().label().task());
      Insights insights =
          Insights.of(
              spark,
              data,
              bySplit.get(0),
              Finalists.of(models, metric),
              experiment.seed(),
              listener);
      List<JudgedSplit> judged = bySplit.stream().map(SplitRuns::judged).toList();
      int folds = experiment.splits().map(SplitsSpec::folds).orElse(1);
      Contrasts contrasts = listener.during("comparing models", () -> Contrasts.of(judged, folds));
      ComparisonResult result =
          new ComparisonResult(
              folder.runId(),
              Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
              data.snapshot().table(),
              data.snapshot().version(),
              data.snapshot().commitTime(),
              data.features().label().task(),
              experiment.data().label(),
              data.splits(),
              models,
              ranks,
              models.get(0).weightsSha256().orElse(""),
              experiment.seed(),
              experiment.seeds(),
              contrasts,
              experiment.tuning().flatMap(TuningSpec::givenMetric).orElse(metric.name()),
              insights.importance(),
              insights.slices(),
              profile,
              folder.shown() + "/report.html",
              prepareSeconds,
              command,
              warnings(warnings, runs.get(0)),
              provenance.facts(),
              experiment.text());
      return listener.during(
          "writing the report",
          () -> {
            KeptComparison.write(result, folder, hadoop);
            return result;
          });
    }
  }

  /** What the splits of a run share. */
  private record Surroundings(
      RunFolder folder, HistoryFile history, boolean resumes, Meter meter) {}

  /** Every model on the rows of one split, by its number from 1. */
  private SplitRuns runs(
      Experiment experiment, ExperimentRows rows, Surroundings around, int number) {
    PreparedData data = rows.first();
    String part = number == 1 ? "" : "split-%d/".formatted(number);
    int ranks = experiment.networks().get(0).training().parallelism().ranks();
    TuningPhases phases = new TuningPhases(listener);
    Learner networks =
        new NetworkLearner(
            spark, job, phases, experiment.training(), rows, around.history(), around.resumes());
    CandidateRunner runner =
        new CandidateRunner(
            experiment,
            data.features().label(),
            around.folder(),
            part,
            new ScoresTable(spark, around.folder(), data.features().label(), number),
            spark.sessionState().newHadoopConf(),
            around.meter(),
            phases,
            new RunEvents(spark.sparkContext(), around.folder().runId()));
    List<ModelRun> runs =
        new ArrayList<>(
            Candidate.of(experiment, networks, new BaselineLearner(spark, rows, ranks, job, phases))
                .stream()
                .map(runner::run)
                .toList());
    if (experiment.ensemble()) {
      Ensemble.of(runs, MainMetric.of(data.features().label().task()))
          .map(
              both ->
                  both.run(experiment, (name, saved) -> keep(around.folder(), part, name, saved)))
          .ifPresent(runs::add);
    }
    Units units = TestUnits.of(spark, rows.pinned(), data, runs.get(0).bySeed().get(0).test());
    return new SplitRuns(runs, units, data.rows(Split.TRAIN) + data.rows(Split.VALIDATION));
  }

  /** Of several splits the models of the first are kept. */
  private void keep(RunFolder folder, String part, String name, SavedEnsemble saved) {
    if (part.isEmpty()) {
      saved.write(folder.path() + "/" + name, spark.sessionState().newHadoopConf());
    }
  }

  private static void checkTuning(Experiment experiment, PreparedData data) {
    if (experiment.tuning().isPresent() && data.rows(Split.VALIDATION) == 0) {
      throw new LockstepException(
          "tuning chooses by the validation split, and there is none",
          "Give split.validation a share, or leave 'tuning' out");
    }
  }

  private static void checkMetric(Experiment experiment) {
    List<String> known = TestMetrics.names(experiment.data().task());
    Optional<String> metric = experiment.tuning().flatMap(TuningSpec::givenMetric);
    if (metric.isPresent() && !known.contains(metric.get())) {
      throw new LockstepException(
          "tuning.metric is %s, which task %s does not have"
              .formatted(metric.get(), experiment.data().task().name().toLowerCase(Locale.ROOT)),
          "Did you mean '%s'? Known are %s"
              .formatted(Names.nearest(metric.get(), known), String.join(", ", known)));
    }
  }

  private static List<String> warnings(Experiment experiment, PreparedData data) {
    List<String> warnings = new ArrayList<>(data.warnings());
    int classes = data.features().label().classes().size();
    if (classes > MANY_CLASSES
        && experiment.baselines().stream().anyMatch(b -> b.name().equals("gbt"))) {
      warnings.add(
          "gbt learns each of %d classes against the rest, which takes as long as %d models; xgboost learns all in one"
              .formatted(classes, classes));
    }
    if (data.rows(Split.VALIDATION) == 0) {
      warnings.add(
          "the split has no validation rows: networks keep the weights of their last epoch, gbt"
              + " keeps all of its trees, xgboost makes at most 100, and the verdict compares the first network and the first"
              + " baseline of the file");
      if (experiment.ensemble()) {
        warnings.add("there is no ensemble, as its weights are chosen on validation rows");
      }
    }
    return warnings;
  }

  private static List<String> warnings(List<String> before, ModelRun run) {
    List<String> warnings = new ArrayList<>(before);
    List<String> absent = run.bySeed().get(0).test().absentClasses();
    if (!absent.isEmpty()) {
      warnings.add(
          "the test split has no row of class %s: ROC AUC, PR AUC and their means have no value"
              .formatted(String.join(", ", absent)));
    }
    return warnings;
  }
}
