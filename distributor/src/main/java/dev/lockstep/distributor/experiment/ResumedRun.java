package dev.lockstep.distributor.experiment;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.snapshot.PinnedTable;
import dev.lockstep.data.snapshot.Snapshot;
import dev.lockstep.data.snapshot.TablePlace;
import dev.lockstep.data.spec.DataSpec;
import dev.lockstep.data.spec.SplitSpec;
import dev.lockstep.distributor.saved.SavedModel;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/**
 * A run that was cut off, and the experiment that it is resumed with: the run's own, on the
 * versions of the tables that the run began with. The number of ranks of a training may be another;
 * that of a comparison may not, as its models are compared.
 *
 * @param folder the run's folder
 * @param experiment what is resumed
 */
public record ResumedRun(RunFolder folder, Experiment experiment) {
  /** What is compared by other means. */
  private static final Set<String> TABLES =
      Set.of("table", "version", "timestamp", "split.testTable", "split.testVersion");

  /**
   * Opens a run, and writes nothing.
   *
   * @param command what resumes it: {@link RunInputs#TRAIN} or {@link RunInputs#COMPARE}
   * @param runId its name
   * @param now the experiment as its file says it now
   * @param finished whether the run of a folder has come to its end
   * @throws LockstepException if there is no such run, if it has finished or is another command's,
   *     or if the experiment, a table or its version differs from the run's own: the message names
   *     what
   */
  public static ResumedRun open(
      SparkSession spark,
      String command,
      String runId,
      Experiment now,
      Predicate<RunFolder> finished) {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    RunFolder folder = RunFolder.existing(now.output(), runId, hadoop);
    String text = folder.read(RunFolder.EXPERIMENT, hadoop).orElse("");
    Experiment then = ExperimentFile.parse(text, "the experiment of run " + runId);
    Optional<RunInputs> inputs = RunInputs.read(folder, hadoop);
    checkCommand(runId, inputs.map(RunInputs::command).orElse(RunInputs.TRAIN), command);
    Optional<Map<String, String>> kept =
        inputs.map(RunInputs::settings).filter(settings -> !settings.isEmpty());
    String network = then.models().get(0).name() + "/model/" + SavedModel.CARD;
    boolean ofEarlierRelease = kept.isEmpty() && folder.read(network, hadoop).isPresent();
    if (ofEarlierRelease || finished.test(folder)) {
      throw new LockstepException(
          "run %s has finished; its result is in %s".formatted(runId, folder.shown()),
          "Start a new run without --resume");
    }
    if (kept.isEmpty() && command.equals(RunInputs.COMPARE)) {
      throw new LockstepException(
          "run %s is of an earlier release, which kept nothing to resume from".formatted(runId),
          "Run 'compare' again");
    }
    Map<String, String> former = kept.orElseGet(() -> Settings.of(then, command));
    List<String> differences = differences(former, Settings.of(now, command), command);
    inputs.ifPresent(i -> differences.addAll(differences(spark, i, now)));
    if (!differences.isEmpty()) {
      throw new LockstepException(
          "run %s cannot be resumed with this experiment: %s"
              .formatted(runId, String.join("; ", differences)),
          "Resume it with the run's own file, %s/%s, or start a new run without --resume"
              .formatted(folder.shown(), RunFolder.EXPERIMENT));
    }
    return new ResumedRun(folder, inputs.map(i -> pinned(now, i)).orElse(now));
  }

  private static void checkCommand(String runId, String then, String now) {
    if (!then.equals(now)) {
      boolean training = then.equals(RunInputs.TRAIN);
      throw new LockstepException(
          "run %s is a %s, and '%s --resume' resumes a %s"
              .formatted(runId, kind(training), now, kind(!training)),
          "Resume it with: lockstep %s EXPERIMENT --resume %s".formatted(then, runId));
    }
  }

  private static String kind(boolean training) {
    return training ? "training" : "comparison";
  }

  private static List<String> differences(
      Map<String, String> former, Map<String, String> current, String command) {
    Set<String> keys = new LinkedHashSet<>(former.keySet());
    keys.addAll(current.keySet());
    List<String> differences = new ArrayList<>();
    for (String key : keys) {
      boolean free =
          TABLES.contains(key) || command.equals(RunInputs.TRAIN) && key.endsWith("training.ranks");
      if (!free && !said(former, key).equals(said(current, key))) {
        differences.add(
            "%s is %s in the run and %s now"
                .formatted(key, shown(said(former, key)), shown(said(current, key))));
      }
    }
    return differences;
  }

  /** A setting that the run's release did not have is one that nobody has set. */
  private static Optional<String> said(Map<String, String> settings, String key) {
    return Optional.ofNullable(settings.get(key)).filter(value -> !value.equals("null"));
  }

  private static String shown(Optional<String> value) {
    return value.orElse("not set");
  }

  private static List<String> differences(SparkSession spark, RunInputs then, Experiment now) {
    DataSpec data = now.data();
    List<String> differences = new ArrayList<>();
    differences.addAll(
        differences(spark, then.source(), data.table(), data.version(), data.timestamp()));
    SplitSpec split = data.split();
    if (then.testSource().isPresent() != (split.testTable() != null)) {
      differences.add(
          "split.testTable is %s in the run and %s now"
              .formatted(
                  shown(then.testSource().map(PinnedTable::table)),
                  shown(Optional.ofNullable(split.testTable()))));
    } else if (split.testTable() != null) {
      PinnedTable test = then.testSource().orElseThrow();
      differences.addAll(differences(spark, test, split.testTable(), split.testVersion(), null));
    }
    if (!then.networkFiles().equals(RunInputs.networkFiles(now))) {
      differences.add("a network's own file has another content");
    }
    return differences;
  }

  private static List<String> differences(
      SparkSession spark, PinnedTable then, String table, Long version, String timestamp) {
    if (!TablePlace.of(spark, table).id().equals(then.id())) {
      return List.of(
          "%s is another table than %s of the run, or was recreated since".formatted(table, then));
    }
    if (version != null && version != then.version()) {
      return List.of(
          "the version of %s is %d in the run and %d now"
              .formatted(table, then.version(), version));
    }
    if (timestamp != null) {
      long resolved = Snapshot.resolve(spark, table, null, timestamp).version();
      if (resolved != then.version()) {
        return List.of(
            "the version of %s is %d in the run and %d at %s"
                .formatted(table, then.version(), resolved, timestamp));
      }
    }
    return List.of();
  }

  /** Without a version in the file, the run's own and not the latest is meant. */
  private static Experiment pinned(Experiment now, RunInputs then) {
    SplitSpec split = now.data().split();
    SplitSpec pinned =
        then.testSource().map(t -> split.pinned(split.testTable(), t.version())).orElse(split);
    return now.withData(now.data().pinned(now.data().table(), then.source().version(), pinned));
  }
}
