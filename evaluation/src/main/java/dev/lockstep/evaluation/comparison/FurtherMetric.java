package dev.lockstep.evaluation.comparison;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Names;
import dev.lockstep.data.Task;
import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.data.split.Split;
import dev.lockstep.distributor.experiment.Experiment;
import dev.lockstep.distributor.experiment.RunFolder;
import dev.lockstep.distributor.experiment.SplitsSpec;
import dev.lockstep.distributor.saved.ModelFolder;
import dev.lockstep.evaluation.metrics.MainMetric;
import dev.lockstep.evaluation.metrics.Scores;
import dev.lockstep.evaluation.metrics.TestMetrics;
import dev.lockstep.evaluation.result.FurtherMetricResult;
import dev.lockstep.evaluation.result.ModelResult;
import dev.lockstep.evaluation.uncertainty.Contrasts;
import dev.lockstep.evaluation.uncertainty.JudgedSplit;
import dev.lockstep.evaluation.uncertainty.Units;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/**
 * Another metric of a finished comparison: of the predictions that it kept, without training or
 * scoring. The table is read again at its version for what the predictions do not say: which rows
 * share a key or a time, and how many rows were learned from.
 */
public final class FurtherMetric {
  private final SparkSession spark;
  private final Experiment experiment;
  private final RunFolder folder;
  private final Configuration hadoop;
  private final ComparisonListener listener;

  /**
   * Of one comparison.
   *
   * @param experiment its experiment, on the versions that it read
   * @param folder its folder, which is read only
   */
  public FurtherMetric(
      SparkSession spark, Experiment experiment, RunFolder folder, ComparisonListener listener) {
    this.spark = spark;
    this.experiment = experiment;
    this.folder = folder;
    this.hadoop = spark.sessionState().newHadoopConf();
    this.listener = listener;
  }

  /**
   * Refuses a metric that a task does not have.
   *
   * @throws LockstepException naming those that it has
   */
  public static void check(String metric, Task task) {
    List<String> known = TestMetrics.names(task);
    if (!known.contains(metric)) {
      throw new LockstepException(
          "'%s' is no metric of task %s".formatted(metric, task.name().toLowerCase(Locale.ROOT)),
          "Did you mean '%s'? Known are %s"
              .formatted(Names.nearest(metric, known), String.join(", ", known)));
    }
  }

  /**
   * Computes a metric of all models, and how much they differ by it.
   *
   * @throws LockstepException as {@link #check}; if predictions are not there, or the version of
   *     the table is gone
   */
  public FurtherMetricResult of(String name) {
    check(name, experiment.data().task());
    MainMetric metric = new MainMetric(name);
    String transform = experiment.networks().get(0).transform();
    List<SplitRuns> found = new ArrayList<>();
    try (ExperimentRows rows = new ExperimentRows(spark, experiment.data(), transform, listener);
        FurtherSplits further =
            new FurtherSplits(spark, rows.pinned(), experiment.allSplits(), transform, listener)) {
      found.add(kept(rows, 1));
      for (ExperimentRows own : further.all()) {
        found.add(kept(own, found.size() + 1));
      }
    }
    List<SplitRuns> bySplit = SplitRuns.alike(found);
    List<JudgedSplit> judged = bySplit.stream().map(SplitRuns::judged).toList();
    int folds = experiment.splits().map(SplitsSpec::folds).orElse(1);
    return new FurtherMetricResult(
        folder.runId(),
        name,
        IntStream.range(0, bySplit.get(0).runs().size())
            .mapToObj(m -> model(m, bySplit, metric))
            .toList(),
        listener.during("comparing models", () -> Contrasts.of(judged, folds, metric)));
  }

  private static FurtherMetricResult.Model model(
      int number, List<SplitRuns> bySplit, MainMetric metric) {
    ModelRun first = bySplit.get(0).runs().get(number);
    List<Double> values =
        bySplit.stream()
            .flatMap(s -> Arrays.stream(s.runs().get(number).contender().metrics(metric)).boxed())
            .toList();
    double mean = values.stream().mapToDouble(v -> v).average().orElseThrow();
    return new FurtherMetricResult.Model(first.name(), first.kind(), mean, values);
  }

  /** Every model on one split, as it was judged. */
  private SplitRuns kept(ExperimentRows rows, int number) {
    PreparedData data = rows.first();
    String part = number == 1 ? "" : "split-%d/".formatted(number);
    ScoresTable scores = new ScoresTable(spark, folder, data.features().label(), number);
    List<ModelRun> runs = new ArrayList<>();
    for (Map.Entry<String, ModelResult.Kind> model : Candidate.kinds(experiment).entrySet()) {
      List<ModelRun.SeedRun> bySeed =
          experiment.seeds().stream()
              .map(seed -> kept(model.getKey(), seed, part, scores, data))
              .toList();
      runs.add(new ModelRun(model.getKey(), model.getValue(), data, List.of(), bySeed));
    }
    if (experiment.ensemble()) {
      Ensemble.of(runs, MainMetric.of(data.features().label().task()))
          .map(both -> both.run(experiment, (name, saved) -> {}))
          .ifPresent(runs::add);
    }
    Units units = TestUnits.of(spark, rows.pinned(), data, runs.get(0).bySeed().get(0).test());
    return new SplitRuns(runs, units, data.rows(Split.TRAIN) + data.rows(Split.VALIDATION));
  }

  private ModelRun.SeedRun kept(
      String model, long seed, String part, ScoresTable scores, PreparedData data) {
    ModelFolder place = new ModelFolder(folder.path(), part + experiment.place(model, seed));
    Optional<JudgedModel> judged = JudgedModel.read(folder, place, hadoop);
    Optional<Scores> test = scores.find(model, seed, Split.TEST);
    if (judged.isEmpty() || test.isEmpty() || test.get().rows() != data.rows(Split.TEST)) {
      throw new LockstepException(
          "run %s has no predictions of %s with seed %d for all test rows"
              .formatted(folder.runId(), model, seed),
          "Restore %s/scores, or run it again: lockstep reproduce %s"
              .formatted(folder.shown(), folder.runId()));
    }
    Optional<Scores> validated =
        experiment.ensemble() ? scores.find(model, seed, Split.VALIDATION) : Optional.empty();
    return judged
        .get()
        .run(
            unscored -> {
              throw new IllegalStateException("expected nothing to be scored again");
            },
            test.get(),
            validated);
  }
}
