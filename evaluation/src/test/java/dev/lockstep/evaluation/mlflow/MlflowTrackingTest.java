package dev.lockstep.evaluation.mlflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.data.Json;
import dev.lockstep.data.LockstepException;
import dev.lockstep.data.ShortJvm;
import dev.lockstep.data.SparkExtension;
import dev.lockstep.distributor.experiment.Experiment;
import dev.lockstep.distributor.experiment.ExperimentFile;
import dev.lockstep.distributor.experiment.RunFolder;
import dev.lockstep.distributor.loop.EpochReport;
import dev.lockstep.distributor.rendezvous.RendezvousOptions;
import dev.lockstep.evaluation.Lockstep;
import dev.lockstep.evaluation.comparison.ComparisonListener;
import dev.lockstep.evaluation.ledger.Ledger;
import dev.lockstep.evaluation.ledger.RecordedComparison;
import dev.lockstep.evaluation.ledger.RecordedTraining;
import dev.lockstep.evaluation.result.ComparisonResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Real runs, and what a server hears of them. */
@ExtendWith(SparkExtension.class)
class MlflowTrackingTest {
  @TempDir static Path directory;
  private static SparkSession spark;
  private static Ledger ledger;
  private TrackingServer server;

  @BeforeAll
  static void table(SparkSession session) {
    spark = session;
    spark
        .range(600)
        .selectExpr("id", "rand(1) as x", "rand(2) as y", "if(rand(4) > 0.5, 'a', 'b') as kind")
        .selectExpr("*", "if(x + y + 0.2 * rand(3) > 1.1, 'yes', 'no') as bought")
        .coalesce(1)
        .write()
        .format("delta")
        .save(directory.resolve("table").toString());
    ledger = new Ledger(spark, directory.resolve("ledger").toString());
  }

  @BeforeEach
  void listen() throws IOException {
    server = new TrackingServer("mlflow-artifacts:");
    spark.conf().set(MlflowServer.PROPERTY, server.address());
  }

  @AfterEach
  void end() {
    spark.conf().unset(MlflowServer.PROPERTY);
    spark.conf().unset(MlflowTracking.REGISTERED);
    server.close();
  }

  private static String text(String more) {
    return """
        table: %s
        task: binary
        label: bought
        key: id
        model: {name: mlp, hidden: [8]}
        output: %s
        """
            .formatted(directory.resolve("table"), directory.resolve("runs"))
        + more;
  }

  private static Experiment experiment(String more) {
    return ExperimentFile.parse(text(more), "test.yaml");
  }

  private static RecordedTraining training(ComparisonListener listener) {
    return new RecordedTraining(spark, RendezvousOptions.defaults(), listener, ledger);
  }

  @Test
  void a_comparison_with_trials_and_seeds_is_there_as_mlflows_users_know_it() {
    spark.conf().set(MlflowTracking.REGISTERED, "bought");
    ComparisonResult result =
        new RecordedComparison(spark, RendezvousOptions.defaults(), ComparisonListener.NONE, ledger)
            .run(
                experiment(
                    """
                    training: {epochs: 3, batch: 64, ranks: 2}
                    baselines: [{name: gbt, trees: 5}]
                    tuning: {trials: 2}
                    seeds: [1, 2]
                    """),
                "bin/lockstep compare test.yaml",
                Map.of());
    assertThat(server.violations).isEmpty();
    assertThat(server.runs.values())
        .extracting(run -> run.name)
        .containsExactly(
            result.runId(),
            "mlp/trial-1",
            "mlp/trial-2",
            "mlp/seed-1",
            "mlp/seed-2",
            "gbt/trial-1",
            "gbt/trial-2",
            "gbt/seed-1",
            "gbt/seed-2");
    assertThat(server.runs.values())
        .allMatch(run -> run.statuses.equals(List.of("RUNNING", "FINISHED")))
        .allMatch(
            run -> run.tags.get("mlflow.source.name").equals("bin/lockstep compare test.yaml"))
        .allMatch(run -> run.tags.get("mlflow.runName").equals(run.name));
    assertThat(server.runs.values().stream().skip(1))
        .allMatch(run -> run.tags.get("mlflow.parentRunId").equals("r1"));

    TrackingServer.Run parent = server.run(result.runId());
    assertThat(parent.tags).containsEntry("mlflow.user", spark.sparkContext().sparkUser());
    assertThat(parent.tags).containsEntry("mlflow.note.content", result.verdict());
    assertThat(parent.parameters)
        .containsEntry("label", "bought")
        .containsEntry("version", "0")
        .containsEntry("model.hidden", "[8]")
        .containsEntry("training.ranks", "2")
        .containsEntry("baselines.0", "gbt")
        .containsEntry("tuning.trials", "2")
        .containsEntry("seeds", "[1, 2]");
    assertThat(parent.values("gbt/auc").get(0).get("value").asDouble())
        .isEqualTo(result.models().get(1).metrics().get("auc"));

    JsonNode input = parent.inputs.get(0);
    assertThat(input.at("/tags/0/value").asText()).isEqualTo("training");
    assertThat(input.at("/dataset/source_type").asText()).isEqualTo("delta_table");
    JsonNode source = Json.read(input.at("/dataset/source").asText(), JsonNode.class);
    assertThat(source.get("delta_table_version").asLong()).isZero();
    assertThat(source.get("path").asText()).endsWith(directory.resolve("table").toString());
    assertThat(input.at("/dataset/schema").asText())
        .contains("{\"type\":\"string\",\"name\":\"kind\",\"required\":false}");
    assertThat(input.at("/dataset/profile").asText()).contains("\"num_rows\":600");

    TrackingServer.Run seed = server.run("mlp/seed-2");
    List<JsonNode> losses = seed.values("validation_loss");
    assertThat(losses).hasSize(3);
    assertThat(losses).extracting(m -> m.get("step").asLong()).isSorted().doesNotContain(0L);
    assertThat(losses.get(2).get("timestamp").asLong())
        .isGreaterThanOrEqualTo(losses.get(0).get("timestamp").asLong());
    assertThat(seed.values("epoch"))
        .extracting(m -> m.get("value").asInt())
        .containsExactly(1, 2, 3);
    assertThat(seed.values("test/auc").get(0).get("value").asDouble())
        .isEqualTo(result.models().get(0).metricsBySeed().get(1).get("auc"));
    assertThat(seed.parameters).containsEntry("seed", "2").containsKey("epochs");
    assertThat(server.run("gbt/trial-2").parameters).containsEntry("trial", "2");
    assertThat(server.run("gbt/trial-2").values("validation/auc")).hasSize(1);

    String root = "e1/r1/artifacts/";
    assertThat(server.files)
        .containsKeys(
            root + "report.html",
            root + "result.json",
            root + "experiment.yaml",
            root + "history.csv");
    String model = result.chosen().model();
    assertThat(server.files.keySet()).anyMatch(name -> name.startsWith(root + "model/model/"));
    assertThat(new String(server.files.get(root + "model/MLmodel"), StandardCharsets.UTF_8))
        .contains(
            "flavors:\n  lockstep:\n    model: \"" + model + "\"",
            "run_id: \"r1\"",
            "\\\"kind\\\"");
    JsonNode version = server.versions.get("bought");
    assertThat(version.get("source").asText()).isEqualTo("mlflow-artifacts:/" + root + "model");
    assertThat(version.get("description").asText()).startsWith(model + ": ");
  }

  /** Fails in the third epoch of the second seed, and keeps the warnings. */
  private static final class Failing implements ComparisonListener {
    private final List<String> warnings = Collections.synchronizedList(new ArrayList<>());
    private RunFolder folder;
    private int epochs;

    @Override
    public void started(RunFolder begun) {
      folder = begun;
    }

    @Override
    public boolean stopsAfter(String model, EpochReport report) {
      if (++epochs == 6) {
        throw new LockstepException("cut off", "Go on");
      }
      return false;
    }

    @Override
    public void warned(String message) {
      warnings.add(message);
    }
  }

  private static final String TWO_SEEDS =
      "training: {epochs: 3, batch: 64, ranks: 1}\nseeds: [1, 2]\n";

  @Test
  void a_run_that_fails_has_failed_and_is_open_again_when_it_is_resumed() {
    Failing failing = new Failing();
    assertThatThrownBy(() -> training(failing).run(experiment(TWO_SEEDS), "train it", Map.of()))
        .hasMessageContaining("cut off");
    String run = failing.folder.runId();
    assertThat(server.run(run).statuses).containsExactly("RUNNING", "FAILED");
    assertThat(server.run(run).tags.get("lockstep.error")).startsWith("cut off");
    assertThat(server.run("mlp/seed-1").status()).isEqualTo("FINISHED");
    assertThat(server.run("mlp/seed-2").status()).isEqualTo("FAILED");
    training(failing).resume(run, experiment(TWO_SEEDS), "train it on", Map.of());
    assertThat(server.violations).isEmpty();
    assertThat(server.run(run).statuses)
        .containsExactly("RUNNING", "FAILED", "RUNNING", "FINISHED");
    assertThat(server.runs.values())
        .extracting(r -> r.name)
        .containsExactly(run, "mlp/seed-1", "mlp/seed-2", "mlp/seed-2");
    assertThat(failing.warnings).noneMatch(w -> w.contains("MLflow"));
  }

  @Test
  void a_server_that_breaks_costs_one_warning_without_the_password() {
    String address = server.address().replace("http://", "http://ann:pa55word@");
    spark.conf().set(MlflowServer.PROPERTY, address);
    server.broken = call -> call.equals("runs/log-batch") && server.runs.size() > 1;
    Failing listener = new Failing();
    listener.epochs = 6; // It does not fail by itself.
    String run = training(listener).run(experiment(TWO_SEEDS), "train it", Map.of()).runId();
    assertThat(listener.warnings)
        .filteredOn(w -> w.contains("MLflow"))
        .containsExactly(
            "MLflow at %s hears no more of run %s: runs/log-batch was answered with HTTP status 500 (INTERNAL_ERROR it broke). Check the server, its address and your rights there"
                .formatted(server.address(), run));
    assertThat(server.authorizations).containsExactly("Basic YW5uOnBhNTV3b3Jk");
    assertThat(server.run(run).status()).isEqualTo("FINISHED");
    server.close();
    training(listener).run(experiment(TWO_SEEDS), "train it", Map.of());
    assertThat(listener.warnings)
        .filteredOn(w -> w.contains("MLflow"))
        .hasSize(2)
        .last()
        .asString()
        .contains("experiments/get-by-name failed (no connection)")
        .doesNotContain("pa55word");
  }

  @Test
  void a_signal_ends_the_runs_as_killed() throws Exception {
    Path file = directory.resolve("long.yaml");
    Files.writeString(
        file, text("training: {epochs: 100000, patience: 100000, batch: 64, ranks: 1}\n"));
    // A build in the background may ignore SIGINT.
    List<String> words = new ArrayList<>(List.of("env", "--default-signal"));
    words.addAll(ShortJvm.command(List.of(), Lockstep.class, "train", file.toString()));
    ProcessBuilder command = new ProcessBuilder(words);
    command.environment().put("MLFLOW_TRACKING_URI", server.address());
    command.environment().put("MLFLOW_TRACKING_TOKEN", "t0ken");
    Path said = directory.resolve("said.txt");
    Process process = command.redirectErrorStream(true).redirectOutput(said.toFile()).start();
    try {
      while (server.calls.stream().filter(c -> c.matches(".*mlp/seed-\\d+, [1-9].*")).count() < 3) {
        assertThat(process.isAlive()).as(() -> read(said)).isTrue();
        process.waitFor(50, TimeUnit.MILLISECONDS);
      }
      new ProcessBuilder("kill", "-INT", String.valueOf(process.pid())).start().waitFor();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).isEqualTo(130);
    assertThat(server.violations).isEmpty();
    assertThat(server.runs.values()).hasSize(2).allMatch(run -> run.status().equals("KILLED"));
    assertThat(server.authorizations).containsExactly("Bearer t0ken");
    assertThat(read(said)).contains("ended by SIGINT").doesNotContain("t0ken");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.getMessage();
    }
  }
}
