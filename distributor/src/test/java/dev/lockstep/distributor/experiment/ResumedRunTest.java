package dev.lockstep.distributor.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.SparkExtension;
import dev.lockstep.data.preparation.Preparation;
import dev.lockstep.data.preparation.PreparedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Which runs may go on, and with which experiments. */
@ExtendWith(SparkExtension.class)
class ResumedRunTest {
  private static final String EXPERIMENT =
      """
      table: %s
      task: binary
      label: y
      key: id
      model: {name: mlp, hidden: [16]}
      training: {epochs: 6, batch: 64}
      seed: 1
      output: %s
      """;

  @TempDir static Path directory;
  private static SparkSession spark;
  private static RunFolder cutOff;
  private static final Set<RunFolder> ended = new HashSet<>();

  @BeforeAll
  static void cutOff(SparkSession session) {
    spark = session;
    save("errorifexists");
    cutOff = run("train");
    save("append");
  }

  private static void save(String mode) {
    spark
        .range(300)
        .selectExpr("id", "double(id % 7) as x", "if(id % 2 = 0, 'a', 'b') as y")
        .write()
        .format("delta")
        .mode(mode)
        .save(directory.resolve("table").toString());
  }

  private static RunFolder run(String command) {
    Configuration hadoop = new Configuration();
    Experiment experiment = experiment("", "");
    try (PreparedData data = Preparation.prepare(spark, experiment.data(), "quantile")) {
      return RunInputs.begin(command, data, experiment, hadoop);
    }
  }

  private static Experiment experiment(String from, String to) {
    String text = EXPERIMENT.formatted(directory.resolve("table"), directory.resolve("runs"));
    return ExperimentFile.parse(text.replace(from, to), "test.yaml");
  }

  private static ResumedRun open(String runId, Experiment experiment) {
    return ResumedRun.open(spark, RunInputs.TRAIN, runId, experiment, ended::contains);
  }

  private static void refused(String runId, Experiment experiment, String... words)
      throws IOException {
    Map<Path, byte[]> before = content();
    assertThatThrownBy(() -> open(runId, experiment))
        .isInstanceOf(LockstepException.class)
        .hasMessageContainingAll(words);
    assertThat(content())
        .hasSameSizeAs(before)
        .allSatisfy((file, bytes) -> assertThat(bytes).isEqualTo(before.get(file)));
  }

  private static Map<Path, byte[]> content() throws IOException {
    Map<Path, byte[]> content = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        content.put(file, Files.readAllBytes(file));
      }
    }
    return content;
  }

  @Test
  void a_run_goes_on_with_the_version_that_it_began_with_on_any_number_of_ranks() {
    Experiment now = experiment("epochs: 6", "epochs: 6, ranks: 3");
    ResumedRun resumed = open(cutOff.runId(), now);
    assertThat(resumed.folder()).isEqualTo(cutOff);
    assertThat(resumed.experiment().data().version()).isZero();
    Experiment pinned = experiment("task:", "version: 0\ntask:");
    assertThat(open(cutOff.runId(), pinned).experiment().data().version()).isZero();
    try (PreparedData then = Preparation.prepare(spark, pinned.data(), "quantile");
        PreparedData again = Preparation.prepare(spark, resumed.experiment().data(), "quantile")) {
      assertThat(again.fingerprint()).isEqualTo(then.fingerprint());
    }
  }

  @Test
  void a_setting_that_the_run_s_release_did_not_have_is_not_set() throws IOException {
    String run = run("train").runId();
    Path file = Path.of(directory.resolve("runs").toString(), run, "run.json");
    String json = Files.readString(file);
    String earlier = json.replaceAll("\"(training\\.\\w+|weight)\":\"null\",", "");
    assertThat(earlier).hasSizeLessThan(json.length());
    Files.writeString(file, earlier);
    Files.deleteIfExists(file.resolveSibling(".run.json.crc"));
    assertThat(open(run, experiment("", "")).folder().runId()).isEqualTo(run);
    refused(
        run,
        experiment("key: id", "key: id\nweight: x"),
        "weight is not set in the run and \"x\" now");
  }

  @Test
  void names_of_no_run_are_refused() throws IOException {
    String near = cutOff.runId().substring(0, 17) + "zzzz";
    refused(near, experiment("", ""), "no run '" + near + "'", cutOff.runId());
    for (String name : List.of("", " ", ".", "..", "../runs", "../table", "/tmp", "a/../..")) {
      refused(name, experiment("", ""), "there is no run '" + name + "'");
    }
    refused(
        "20260131-120000-1a2b", experiment("runs", "elsewhere"), "no run", "elsewhere", "output");
  }

  @Test
  void another_experiment_version_or_seed_is_refused_and_named() throws IOException {
    String run = cutOff.runId();
    refused(run, experiment("seed: 1", "seed: 2"), "seed is 1 in the run and 2 now");
    refused(run, experiment("epochs: 6", "epochs: 7"), "training.epochs is 6 in the run and 7 now");
    refused(run, experiment("[16]", "[16, 8]"), "model.hidden is [16] in the run and [16,8] now");
    refused(run, experiment("name: mlp", "name: resnet"), "model is mlp in the run and resnet now");
    refused(run, experiment("key: id\n", ""), "key is [\"id\"] in the run and [] now");
    refused(run, experiment("task:", "version: 1\ntask:"), "version of", "is 0 in the run and 1");
    String other = directory.resolve("other").toString();
    spark.range(3).write().format("delta").mode("ignore").save(other);
    Experiment elsewhere =
        ExperimentFile.parse(EXPERIMENT.formatted(other, directory.resolve("runs")), "test.yaml");
    refused(run, elsewhere, other + " is another table");
  }

  @Test
  void a_finished_run_and_a_comparison_do_not_go_on() throws IOException {
    RunFolder finished = run("train");
    ended.add(finished);
    refused(finished.runId(), experiment("", ""), "has finished", finished.shown());
    refused(finished.runId(), experiment("seed: 1", "seed: 2"), "has finished");
    String comparison = run("compare").runId();
    refused(
        comparison,
        experiment("", ""),
        "is a comparison, and 'train --resume' resumes a training",
        "lockstep compare EXPERIMENT --resume " + comparison);
  }

  @Test
  void all_models_of_a_comparison_and_its_ranks_must_be_the_same() {
    String run = run("compare").runId();
    assertThat(comparison(run, "", "").experiment().data().version()).isEqualTo(1);
    for (String[] change :
        new String[][] {
          {"seed: 1", "seeds: [1, 2]", "seeds is not set in the run and [1, 2] now"},
          {"seed: 1", "seed: 1\nensemble: true", "ensemble is false in the run and true now"},
          {"seed: 1", "seed: 1\nbaselines: [gbt]", "baselines.0 is not set in the run and gbt now"},
          {"seed: 1", "seed: 1\ntuning: {trials: 3}", "tuning.trials is not set in the run and 3"},
          {"seed: 1", "seed: 1\nsplits: {folds: 3}", "splits.folds is not set in the run and 3"},
          {
            "model: {name: mlp, hidden: [16]}",
            "models: [{name: mlp, hidden: [16]}, linear]",
            "models.1 is not set in the run and linear now"
          },
          {"batch: 64", "batch: 64, ranks: 3", "training.ranks is"}
        }) {
      assertThatThrownBy(() -> comparison(run, change[0], change[1]))
          .isInstanceOf(LockstepException.class)
          .hasMessageContaining(change[2]);
    }
  }

  private static ResumedRun comparison(String run, String from, String to) {
    return ResumedRun.open(spark, RunInputs.COMPARE, run, experiment(from, to), ended::contains);
  }

  @Test
  void runs_of_an_earlier_release_go_on_if_they_are_trainings() throws IOException {
    for (String command : List.of("train", "compare")) {
      Path file = Path.of(run(command).shown(), "run.json");
      String json = Files.readString(file);
      Files.writeString(file, json.replaceFirst(",\"settings\":\\{.*\\}\\}$", "}"));
      Files.deleteIfExists(file.resolveSibling(".run.json.crc"));
      String run = file.getParent().getFileName().toString();
      if (command.equals("train")) {
        assertThat(open(run, experiment("", "")).folder().runId()).isEqualTo(run);
        refused(run, experiment("seed: 1", "seed: 2"), "seed is 1 in the run and 2 now");
        Path model = Files.createDirectories(file.resolveSibling("mlp").resolve("model"));
        Files.writeString(model.resolve("model.json"), "{}");
        refused(run, experiment("", ""), "has finished");
      } else {
        assertThatThrownBy(() -> comparison(run, "", ""))
            .hasMessageContaining("is of an earlier release");
      }
    }
  }
}
