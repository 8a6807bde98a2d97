package dev.lockstep.distributor.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lockstep.data.Json;
import dev.lockstep.data.LockstepException;
import dev.lockstep.data.snapshot.PinnedTable;
import dev.lockstep.data.snapshot.Snapshot;
import dev.lockstep.data.snapshot.TablePlace;
import dev.lockstep.data.spec.DataSpec;
import dev.lockstep.data.spec.SplitSpec;
import dev.lockstep.distributor.saved.NetworkFiles;
import dev.lockstep.distributor.saved.SavedModel;
import dev.lockstep.models.EstimatorSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/**
 * A training that was cut off, and the experiment that goes on with it: the run's own, on the
 * versions of the tables that the run began with. The number of ranks may be another.
 *
 * @param folder the run's folder
 * @param experiment what goes on
 */
public record ResumedRun(RunFolder folder, Experiment experiment) {
  /** What may differ, or is compared by other means. */
  private static final Set<String> FREE =
      Set.of(
          "training.ranks",
          "table",
          "version",
          "timestamp",
          "split.testTable",
          "split.testVersion");

  /**
   * Opens a run, and writes nothing.
   *
   * @param runId its name
   * @param now the experiment as its file says it now
   * @throws LockstepException if there is no such run, if it has finished or is a comparison, or if
   *     the experiment, a table or its version differs from the run's own: the message names what
   */
  public static ResumedRun open(SparkSession spark, String runId, Experiment now) {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    RunFolder folder = RunFolder.existing(now.output(), runId, hadoop);
    String text = folder.read(RunFolder.EXPERIMENT, hadoop).orElse("");
    Experiment then = ExperimentFile.parse(text, "the experiment of run " + runId);
    Optional<RunInputs> inputs = RunInputs.read(folder, hadoop);
    if (inputs.isPresent() && !inputs.get().command().equals("train")) {
      throw new LockstepException(
          "run %s is a comparison, and --resume goes on with a training".formatted(runId),
          "Run 'compare' again");
    }
    checkUnfinished(folder, then.models().get(0), hadoop);
    List<String> differences = differences(then, now);
    inputs.ifPresent(i -> differences.addAll(differences(spark, i, now)));
    if (!differences.isEmpty()) {
      throw new LockstepException(
          "run %s cannot go on with this experiment: %s"
              .formatted(runId, String.join("; ", differences)),
          "Resume it with the run's own file, %s/%s, or start a new run without --resume"
              .formatted(folder.shown(), RunFolder.EXPERIMENT));
    }
    return new ResumedRun(folder, inputs.map(i -> pinned(now, i)).orElse(now));
  }

  private static void checkUnfinished(RunFolder folder, EstimatorSpec model, Configuration hadoop) {
    String saved = model.name() + "/model/" + SavedModel.CARD;
    if (folder.read(saved, hadoop).isPresent()) {
      throw new LockstepException(
          "run %s has finished; its network is in %s/%s"
              .formatted(folder.runId(), folder.shown(), model.name()),
          "Start a new run without --resume");
    }
  }

  private static List<String> differences(Experiment then, Experiment now) {
    Map<String, String> former = settings(then);
    Map<String, String> current = settings(now);
    Set<String> keys = new LinkedHashSet<>(former.keySet());
    keys.addAll(current.keySet());
    List<String> differences = new ArrayList<>();
    for (String key : keys) {
      if (!FREE.contains(key) && !Objects.equals(former.get(key), current.get(key))) {
        differences.add(
            "%s is %s in the run and %s now"
                .formatted(key, shown(former.get(key)), shown(current.get(key))));
      }
    }
    return differences;
  }

  private static String shown(String value) {
    return value == null || value.equals("null") ? "not set" : value;
  }

  /** Whatever the training depends on, by its key in the experiment file. */
  private static Map<String, String> settings(Experiment experiment) {
    EstimatorSpec model = experiment.models().get(0);
    Map<String, String> settings = new LinkedHashMap<>();
    JsonMapper mapper = JsonMapper.builder().build();
    flatten("", mapper.valueToTree(Json.fields(experiment.data())), settings);
    settings.put("model", model.name());
    flatten("model.", mapper.valueToTree(model.options()), settings);
    flatten(
        "training.",
        mapper.valueToTree(Json.fields(experiment.networks().get(0).training().options())),
        settings);
    settings.put("seed", String.valueOf(experiment.seed()));
    return settings;
  }

  private static void flatten(String prefix, JsonNode node, Map<String, String> into) {
    for (var field : node.properties()) {
      if (field.getValue().isObject()) {
        flatten(prefix + field.getKey() + ".", field.getValue(), into);
      } else {
        into.put(prefix + field.getKey(), field.getValue().toString());
      }
    }
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
                  shown(then.testSource().map(PinnedTable::table).orElse(null)),
                  shown(split.testTable())));
    } else if (split.testTable() != null) {
      PinnedTable test = then.testSource().orElseThrow();
      differences.addAll(differences(spark, test, split.testTable(), split.testVersion(), null));
    }
    if (!then.networkFiles().equals(NetworkFiles.digests(now.models().get(0)))) {
      differences.add("the network's own file has another content");
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
