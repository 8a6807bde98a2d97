package dev.lockstep.evaluation.drift;

import static org.apache.spark.sql.functions.col;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.encoded.EncodedRows;
import dev.lockstep.data.features.FeatureModel;
import dev.lockstep.data.preparation.LaterRows;
import dev.lockstep.data.profile.FeatureCounts;
import dev.lockstep.data.snapshot.DeltaHistory;
import dev.lockstep.data.snapshot.DeltaHistory.Commit;
import dev.lockstep.data.snapshot.PinnedTable;
import dev.lockstep.data.snapshot.Snapshot;
import dev.lockstep.data.snapshot.TablePlace;
import dev.lockstep.data.spec.DataSpec;
import dev.lockstep.data.spec.SplitSpec;
import dev.lockstep.data.split.Split;
import dev.lockstep.data.sql.SqlFailure;
import dev.lockstep.distributor.experiment.ExperimentFile;
import dev.lockstep.distributor.prediction.RowScoring;
import dev.lockstep.distributor.prediction.TablePrediction;
import dev.lockstep.evaluation.ledger.RunRecord;
import dev.lockstep.evaluation.metrics.MainMetric;
import dev.lockstep.evaluation.metrics.Scores;
import dev.lockstep.evaluation.metrics.TestMetrics;
import dev.lockstep.evaluation.result.PerformanceDriftResult;
import dev.lockstep.evaluation.uncertainty.Contender;
import dev.lockstep.evaluation.uncertainty.Estimate;
import dev.lockstep.evaluation.uncertainty.Interval;
import dev.lockstep.evaluation.uncertainty.Units;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/** Scores a run's model, or its ensemble, on later versions of its table. */
public final class PerformanceDrift {
  private static final double LEVEL = 0.95;
  private static final String OF_ITS_OWN =
      "rows of the test split by the run's own rule, and rows whose key the training version did not"
          + " have";

  private static final String UNLABELLED =
      "it has no row to be scored: none is of the test split or new, with a label that is known";

  private final SparkSession spark;
  private final RunRecord run;
  private final String model;
  private final DataSpec spec;
  private final PinnedTable table;
  private final List<TablePrediction.Member> members;
  private final FeatureModel features;

  /**
   * The decay of a model.
   *
   * @param model its name in the run
   * @throws LockstepException if the run has none, had a test table of its own, or its table was
   *     recreated since
   */
  public PerformanceDrift(SparkSession spark, RunRecord run, String model) {
    this.spark = spark;
    this.run = run;
    this.model = run.model(model).folder().substring(run.folder().length() + 1);
    this.table = run.data().source();
    this.spec = ExperimentFile.parse(run.experiment(), "the run's experiment").data();
    if (run.data().testSource().isPresent()) {
      throw new LockstepException(
          "run %s was judged on a table of its own, %s"
              .formatted(run.runId(), run.data().testSource().get()),
          "Score later versions of that with: lockstep predict --run " + run.runId());
    }
    String id = TablePlace.of(spark, table.address()).id();
    if (!id.equals(table.id())) {
      throw new LockstepException(
          "%s was recreated since run %s: its table id was %s and is %s"
              .formatted(table.table(), run.runId(), table.id(), id),
          "Its versions are not later versions of the table that the run used");
    }
    if (spec.key().isEmpty() || spec.split().column() != null) {
      throw new LockstepException(
          "the experiment of run %s has no key, so new rows of later versions cannot be told from old ones"
              .formatted(run.runId()),
          "Train with 'key' and a split by its hash; without them a corrected train row would count as new");
    }
    this.members = run.members(model, spark);
    this.features = members.get(0).model().features();
  }

  /**
   * Scores versions.
   *
   * @param choice which, after the training version
   * @param page where the page will be
   * @param begins hears of each version, before it is scored
   */
  public PerformanceDriftResult run(Versions choice, String page, LongConsumer begins) {
    List<Commit> commits = DeltaHistory.of(spark, table.address()).commits();
    Snapshot trained = Snapshot.resolve(spark, table.address(), table.version(), null);
    MainMetric metric = MainMetric.of(features.label().task());
    try (LaterRows rows = new LaterRows(spark, pinned(), trained)) {
      List<Dataset<Row>> own = encoded(rows, trained);
      FeatureCounts former = FeatureCounts.of(features, own.get(0));
      Scores scores = scores(own);
      Interval interval =
          Estimate.metric(new Contender(model, List.of(scores)), Units.rows(scores.rows()))
              .interval(LEVEL);
      List<PerformanceDriftResult.Version> versions = new ArrayList<>();
      Map<String, Double> none = former.drift(former);
      versions.add(version(commit(commits, table.version()), own, scores, none));
      own.forEach(encoded -> encoded.unpersist(false));
      for (Commit commit : choice.of(commits, table.version())) {
        begins.accept(commit.version());
        versions.add(later(commit, rows, former));
      }
      return new PerformanceDriftResult(
          run.runId(), model, table.table(), metric.name(), interval, OF_ITS_OWN, versions, page);
    }
  }

  private DataSpec pinned() {
    SplitSpec split = spec.split();
    return spec.pinned(table.address(), table.version(), split);
  }

  private static Commit commit(List<Commit> commits, long version) {
    return commits.stream().filter(c -> c.version() == version).findFirst().orElseThrow();
  }

  /**
   * What keeps a version from being scored is its outcome, and the others are scored all the same.
   */
  private PerformanceDriftResult.Version later(
      Commit commit, LaterRows rows, FeatureCounts former) {
    List<Dataset<Row>> encoded = List.of();
    try {
      Snapshot snapshot = Snapshot.resolve(spark, table.address(), commit.version(), null);
      encoded = encoded(rows, snapshot);
      Map<String, Double> drift = FeatureCounts.of(features, encoded.get(0)).drift(former);
      return scored(encoded.get(0)).isEmpty()
          ? PerformanceDriftResult.Version.failed(
              commit.version(), commit.time().toString(), commit.operation(), UNLABELLED, drift)
          : version(commit, encoded, scores(encoded), drift);
    } catch (LockstepException e) {
      return failed(commit, e);
    } catch (Exception e) { // Spark's own errors are checked, and named by no signature.
      return failed(commit, SqlFailure.orThrow(e));
    } finally {
      encoded.forEach(one -> one.unpersist(false));
    }
  }

  private static PerformanceDriftResult.Version failed(Commit commit, LockstepException e) {
    return PerformanceDriftResult.Version.failed(
        commit.version(), commit.time().toString(), commit.operation(), e.problem(), Map.of());
  }

  private static Dataset<Row> scored(Dataset<Row> encoded) {
    return encoded.where(
        col(EncodedRows.SPLIT)
            .isin(Split.TEST.column(), LaterRows.ADDED)
            .and(col(EncodedRows.LABEL).isNotNull()));
  }

  /** A version's rows as each of the models takes them; models of the same features share them. */
  private List<Dataset<Row>> encoded(LaterRows rows, Snapshot version) {
    Map<String, Dataset<Row>> byFeatures = new HashMap<>();
    List<Dataset<Row>> encoded = new ArrayList<>();
    for (TablePrediction.Member member : members) {
      FeatureModel own = member.model().features();
      encoded.add(
          byFeatures.computeIfAbsent(
              own.sha256(), sha -> rows.of(version, own).persist(StorageLevel.MEMORY_AND_DISK())));
    }
    return encoded;
  }

  /** The weighted mean of the models' predictions. */
  private Scores scores(List<Dataset<Row>> encoded) {
    Scores mean = scores(members.get(0).model(), encoded.get(0));
    double weight = members.get(0).weight();
    for (int m = 1; m < members.size(); m++) {
      double both = weight + members.get(m).weight();
      mean = mean.mixed(weight / both, scores(members.get(m).model(), encoded.get(m)));
      weight = both;
    }
    return mean;
  }

  private static Scores scores(RowScoring model, Dataset<Row> encoded) {
    Dataset<Row> predicted =
        model.rows().apply(scored(encoded)).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      if (predicted.isEmpty()) {
        throw new LockstepException("it has no row to be scored", "Choose other versions");
      }
      return Scores.collect(model.features().label(), predicted);
    } finally {
      predicted.unpersist(false);
    }
  }

  private PerformanceDriftResult.Version version(
      Commit commit, List<Dataset<Row>> encoded, Scores scores, Map<String, Double> drift) {
    long added =
        scored(encoded.get(0)).where(col(EncodedRows.SPLIT).equalTo(LaterRows.ADDED)).count();
    return new PerformanceDriftResult.Version(
        commit.version(),
        commit.time().toString(),
        commit.operation(),
        scores.rows(),
        added,
        TestMetrics.of(scores),
        drift,
        Optional.empty());
  }
}
