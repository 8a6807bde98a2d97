package dev.lockstep.evaluation.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.data.Json;
import dev.lockstep.data.LockstepException;
import dev.lockstep.data.SparkExtension;
import dev.lockstep.distributor.experiment.ExperimentFile;
import dev.lockstep.distributor.loop.EpochReport;
import dev.lockstep.distributor.rendezvous.RendezvousOptions;
import dev.lockstep.distributor.saved.SavedModel;
import dev.lockstep.evaluation.comparison.ComparisonListener;
import dev.lockstep.evaluation.comparison.SavedEnsemble;
import dev.lockstep.evaluation.ledger.Ledger;
import dev.lockstep.evaluation.ledger.RecordedComparison;
import dev.lockstep.evaluation.ledger.RunRecord;
import dev.lockstep.evaluation.report.WellFormed;
import dev.lockstep.evaluation.result.ChosenModel;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** One run on version 0 of a table that drifts from version 2 on, and what is asked of it. */
@ExtendWith(SparkExtension.class)
class LedgerCommandsTest {
  private static final int ROWS = 1000;
  private static final int ADDED = 200;

  @TempDir static Path directory;
  private static SparkSession spark;
  private static Ledger ledger;
  private static RunRecord run;

  @BeforeAll
  static void run(SparkSession session) {
    spark = session;
    rows(0, ROWS, false).write().format("delta").save(table());
    ledger = new Ledger(spark, directory.resolve("ledger").toString());
    compare(ledger, 0.01);
    run = ledger.find(Ledger.LATEST);
    append(rows(ROWS, ROWS + ADDED, false));
    append(rows(ROWS + ADDED, ROWS + 2 * ADDED, true));
    append(rows(ROWS + 2 * ADDED, ROWS + 3 * ADDED, true));
    spark.sql("OPTIMIZE delta.`%s`".formatted(table()));
    overwrite(rows(0, 100, false).drop("y"));
    overwrite(rows(0, 100, true).drop("bought"));
  }

  private static void overwrite(Dataset<Row> rows) {
    rows.write().format("delta").mode("overwrite").option("overwriteSchema", true).save(table());
  }

  private static void compare(Ledger into, double learningRate) {
    compare(into, learningRate, ComparisonListener.NONE);
  }

  private static void compare(Ledger into, double learningRate, ComparisonListener listener) {
    String text =
        """
        table: %s
        version: 0
        task: binary
        label: bought
        key: id
        features: {numeric: [x, y], categorical: [kind]}
        model: {name: mlp, hidden: [16]}
        training: {epochs: 6, batch: 64, ranks: 1, learningRate: %s}
        baselines: [{name: xgboost, trees: 20}, linear]
        ensemble: true
        output: %s
        """
            .formatted(table(), learningRate, directory.resolve("runs"));
    new RecordedComparison(spark, RendezvousOptions.defaults(), listener, into)
        .run(ExperimentFile.parse(text, "test.yaml"), "bin/lockstep compare test.yaml", Map.of());
  }

  private static String table() {
    return directory.resolve("table").toString();
  }

  private static void append(Dataset<Row> rows) {
    rows.write().format("delta").mode("append").save(table());
  }

  /** Rows; those that have drifted have a greater x, and the contrary label. */
  private static Dataset<Row> rows(int from, int to, boolean drifted) {
    List<Row> rows = new ArrayList<>();
    for (int i = from; i < to; i++) {
      Random random = new Random(i);
      double x = random.nextGaussian() + (drifted ? 2 : 0);
      double y = random.nextGaussian();
      String kind = random.nextBoolean() ? "a" : "b";
      boolean bought = (x + y + 0.3 * random.nextGaussian() > 0) != drifted;
      rows.add(RowFactory.create((long) i, x, y, kind, bought ? "yes" : "no"));
    }
    StructType schema =
        new StructType()
            .add("id", DataTypes.LongType)
            .add("x", DataTypes.DoubleType)
            .add("y", DataTypes.DoubleType)
            .add("kind", DataTypes.StringType)
            .add("bought", DataTypes.StringType);
    return spark.createDataFrame(rows, schema).coalesce(1);
  }

  /** What a command prints on standard output; throws what it fails with. */
  private static String output(String... arguments) {
    PrintStream former = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    boolean said = List.of(arguments).contains("--ledger");
    String[] all =
        Stream.concat(
                Stream.of(arguments), said ? Stream.of() : Stream.of("--ledger", ledger.path()))
            .toArray(String[]::new);
    try {
      System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
      CommandLine line = new CommandLine(new LockstepCommand());
      AtomicReference<RuntimeException> failure = new AtomicReference<>();
      line.setExecutionExceptionHandler(
          (e, command, parsed) -> {
            failure.set(e instanceof RuntimeException r ? r : new IllegalStateException(e));
            return 1;
          });
      int code = line.execute(all);
      if (failure.get() != null) {
        throw failure.get();
      }
      assertThat(code).isZero();
    } finally {
      System.setOut(former);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static JsonNode json(String... arguments) {
    String[] all = Stream.concat(Stream.of(arguments), Stream.of("--json")).toArray(String[]::new);
    return Json.read(output(all), JsonNode.class);
  }

  @Test
  void runs_are_listed_and_shown() {
    assertThat(output("runs", "--where", "worldSize = 1"))
        .contains(run.runId(), "finished", "auc mlp ");
    assertThat(output("runs", "--where", "worldSize = 2")).doesNotContain(run.runId());
    JsonNode shown = json("show", "latest");
    assertThat(shown.get("data").get("source").get("version").asLong()).isZero();
    assertThat(shown.get("weightsSha256").get("mlp").asText()).hasSize(64);
    assertThat(output("show", run.runId())).contains("mlp", "hidden: [16]", run.folder());
  }

  @Test
  void a_run_that_fails_while_it_trains_has_a_row_that_says_why() {
    Ledger other = new Ledger(spark, directory.resolve("failures").toString());
    assertThatThrownBy(() -> compare(other, 1e30)).isInstanceOf(LockstepException.class);
    RunRecord failed = other.find(Ledger.LATEST);
    assertThat(failed.status()).isEqualTo(RunRecord.Status.failed);
    assertThat(failed.error()).contains("loss");
  }

  @Test
  void a_row_that_could_not_be_written_is_kept_and_added_later() throws Exception {
    Path folder = Files.createDirectory(directory.resolve("later"));
    Ledger other = new Ledger(spark, folder.resolve("ledger").toString());
    Path lock = folder.resolve(".ledger.lock");
    ComparisonListener breaking = // While it trains, somebody puts a folder where the lock is.
        new ComparisonListener() {
          @Override
          public void epochEnded(String model, EpochReport report) {
            try {
              Files.deleteIfExists(lock);
              Files.createDirectories(lock);
            } catch (java.io.IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          }
        };
    Throwable failure = catchThrowable(() -> compare(other, 0.01, breaking));
    assertThat(failure)
        .isInstanceOf(LockstepException.class)
        .hasMessageContainingAll(lock.toString(), "ledger-row.json", "lockstep runs --add");
    Files.delete(lock);
    String run = failure.getMessage().replaceFirst(".*runs --add (\\S+) .*", "$1");
    assertThat(run).startsWith(directory.resolve("runs").toString());
    assertThat(output("runs", "--ledger", other.path(), "--add", run)).contains("finished");
    assertThat(other.find(Ledger.LATEST).weightsSha256().get("mlp"))
        .isEqualTo(LedgerCommandsTest.run.weightsSha256().get("mlp"));
  }

  @Test
  void a_run_does_not_differ_from_itself() {
    assertThat(output("diff", "latest", run.runId())).contains("no difference");
  }

  @Test
  void a_version_is_scored_into_a_table_with_all_its_columns() {
    String out = directory.resolve("scores").toString();
    JsonNode said = json("predict", "--run", "latest", "--table", table() + "@1", "--out", out);
    assertThat(said.get("version").asLong()).isEqualTo(1);
    Dataset<Row> scores = spark.read().format("delta").load(out);
    assertThat(scores.columns()).containsExactly("id", "x", "y", "kind", "bought", "prediction");
    assertThat(scores.count()).isEqualTo(ROWS + ADDED);
    double right =
        scores.where("(prediction[1] > 0.5) = (bought = 'yes')").count() / (double) (ROWS + ADDED);
    assertThat(right).isGreaterThan(0.8);
  }

  @Test
  void a_flipped_bit_or_another_network_is_noticed_before_anything_is_written() throws Exception {
    Path model = Path.of(run.folder(), "mlp", "model");
    Path weights = model.resolve("weights.bin");
    Files.deleteIfExists(model.resolve(".weights.bin.crc")); // As after a copy by other tools.
    byte[] whole = Files.readAllBytes(weights);
    byte[] flipped = whole.clone();
    flipped[flipped.length / 2] ^= 1;
    Path out = directory.resolve("scores-of-damaged");
    try {
      for (byte[] damaged : List.of(flipped, Arrays.copyOf(whole, whole.length - 9))) {
        Files.write(weights, damaged);
        for (String[] command :
            List.of(
                new String[] {
                  "predict",
                  "--run",
                  "latest",
                  "--model",
                  "mlp",
                  "--table",
                  table() + "@1",
                  "--out",
                  out.toString()
                },
                new String[] {"decay", "latest", "--model", "mlp"})) {
          assertThatThrownBy(() -> output(command))
              .isInstanceOf(LockstepException.class)
              .hasMessageContainingAll(model.toString(), "weights.bin", "SHA-256");
        }
        assertThat(out).doesNotExist();
      }
    } finally {
      Files.write(weights, whole);
    }
    String other = "0".repeat(64);
    assertThatThrownBy(
            () -> SavedModel.verify(model.toString(), Optional.of(other), new Configuration()))
        .isInstanceOf(LockstepException.class)
        .hasMessageContainingAll("not the network that the run recorded", other);
  }

  @Test
  void predictions_are_not_written_where_something_is() throws Exception {
    Path out = Files.createDirectories(directory.resolve("kept"));
    Files.writeString(out.resolve("notes.txt"), "mine");
    assertThatThrownBy(
            () ->
                output("predict", "--run", "latest", "--table", table() + "@1", "--out", out + ""))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining(out.toString());
    assertThat(out.toFile().list()).containsExactly("notes.txt");
  }

  @Test
  void rows_without_label_and_with_columns_named_as_ours_are_scored() {
    String path = directory.resolve("unlabelled").toString();
    rows(0, 50, false)
        .drop("bought")
        .selectExpr("*", "id % 3 as split", "id % 5 as hash", "'old' as prediction", "0 as label")
        .write()
        .format("delta")
        .save(path);
    String[] all = {"predict", "--run", "latest", "--table", path, "--out"};
    assertThatThrownBy(() -> output(with(all, directory.resolve("scores-no").toString())))
        .isInstanceOf(LockstepException.class)
        .hasMessageContainingAll("'prediction'", "--key", "--prediction-column");
    assertThat(directory.resolve("scores-no")).doesNotExist();
    String out = directory.resolve("scores-key").toString();
    output(with(all, out, "--key", "id"));
    Dataset<Row> keyed = spark.read().format("delta").load(out);
    assertThat(keyed.columns()).containsExactly("id", "prediction");
    assertThat(keyed.count()).isEqualTo(50);
    out = directory.resolve("scores-all").toString();
    output(with(all, out, "--prediction-column", "score"));
    Dataset<Row> whole = spark.read().format("delta").load(out);
    assertThat(whole.columns())
        .containsExactly("id", "x", "y", "kind", "split", "hash", "prediction", "label", "score");
    assertThat(whole.where("prediction = 'old' and split = id % 3 and hash = id % 5").count())
        .isEqualTo(50);
    assertThat(
            whole
                .join(keyed.withColumnRenamed("prediction", "p"), "id")
                .where("abs(p[1] - score[1]) < 1e-6")
                .count())
        .isEqualTo(50);
  }

  private static String[] with(String[] arguments, String... more) {
    return Stream.concat(Stream.of(arguments), Stream.of(more)).toArray(String[]::new);
  }

  @Test
  void baselines_are_kept_and_score_as_networks_do() throws Exception {
    for (String name : List.of("xgboost", "linear")) {
      String out = directory.resolve("scores-" + name).toString();
      String[] all = {
        "predict", "--run", "latest", "--model", name, "--table", table() + "@1", "--out", out
      };
      JsonNode said = json(all);
      assertThat(said.get("model").asText()).endsWith("/" + name);
      Dataset<Row> scores = spark.read().format("delta").load(out);
      assertThat(scores.count()).isEqualTo(ROWS + ADDED);
      double right =
          scores.where("(prediction[1] > 0.5) = (bought = 'yes')").count()
              / (double) (ROWS + ADDED);
      assertThat(right).as(name).isGreaterThan(0.85);
    }
    assertThat(json("decay", "latest", "--network", "xgboost").get("failsFrom").asLong())
        .isEqualTo(2);
    assertThatThrownBy(
            () ->
                output(
                    "predict",
                    "--run",
                    "latest",
                    "--model",
                    "gbt",
                    "--table",
                    table() + "@1",
                    "--out",
                    directory.resolve("none").toString()))
        .hasMessageContaining("has no model 'gbt'")
        .hasMessageContaining("mlp, xgboost, linear, ensemble");
  }

  @Test
  void without_a_name_the_model_of_the_verdict_is_meant_and_told() throws Exception {
    Path kept = Path.of(run.folder(), "result.json");
    String result = Files.readString(kept);
    String chosen = Json.read(result, JsonNode.class).get("chosen").get("model").asText();
    String[] all = {"predict", "--run", "latest", "--table", table() + "@0", "--key", "id"};
    PrintStream former = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try {
      System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
      JsonNode scored = json(with(all, "--out", directory.resolve("chosen").toString()));
      assertThat(scored.get("model").asText()).isEqualTo(run.folder() + "/" + chosen);
      assertThat(json("decay", "latest").get("network").asText()).isEqualTo(chosen);
      Files.delete(kept); // As of a run of an early release.
      scored = json(with(all, "--out", directory.resolve("first").toString()));
      assertThat(scored.get("model").asText()).isEqualTo(run.folder() + "/mlp");
    } finally {
      System.setErr(former);
      Files.writeString(kept, result);
    }
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains(
            chosen + " of run " + run.runId() + ": ",
            "mlp of run " + run.runId() + ": it is the first network");
  }

  @Test
  void where_the_model_of_the_verdict_is_not_kept_the_first_network_is_meant_and_told()
      throws Exception {
    Path kept = Path.of(run.folder(), "result.json");
    String result = Files.readString(kept);
    // No difference is shown, and linear is best on the validation split.
    ObjectNode other = (ObjectNode) Json.read(result, JsonNode.class);
    ((ObjectNode) other.get("contrasts")).putArray("pairs");
    for (JsonNode model : other.get("models")) {
      ((ObjectNode) model).put("validation", model.get("name").asText().equals("linear") ? 1 : 0);
    }
    Path linear = Path.of(run.folder(), "linear");
    Path away = linear.resolveSibling("linear-away");
    Configuration hadoop = new Configuration();
    try {
      Files.writeString(kept, Json.line(other));
      Files.deleteIfExists(kept.resolveSibling(".result.json.crc"));
      assertThat(run.chosen(hadoop).model()).isEqualTo("linear");
      Files.move(linear, away);
      assertThat(run.chosen(hadoop))
          .isEqualTo(
              new ChosenModel(
                  "mlp",
                  "it is the first network of the run, which does not keep linear, the model of its"
                      + " verdict"));
      assertThat(json("decay", "latest").get("network").asText()).isEqualTo("mlp");
    } finally {
      Files.move(away, linear);
      Files.writeString(kept, result);
    }
  }

  @Test
  void a_baseline_that_an_early_release_did_not_keep_is_named_with_the_way_out() throws Exception {
    Path kept = Path.of(run.folder(), "linear");
    Path away = kept.resolveSibling("linear-away");
    String[] all = {"predict", "--run", "latest", "--model", "linear", "--table", table() + "@0"};
    Files.move(kept, away);
    try {
      assertThatThrownBy(() -> output(with(all, "--out", directory.resolve("none").toString())))
          .isInstanceOf(LockstepException.class)
          .hasMessageContainingAll(
              "'linear'", "made before baselines were kept", "--model", "reproduce " + run.runId());
      assertThatThrownBy(() -> output("decay", "latest", "--model", "linear"))
          .hasMessageContaining("made before baselines were kept");
    } finally {
      Files.move(away, kept);
    }
    assertThat(directory.resolve("none")).doesNotExist();
  }

  @Test
  void another_metric_of_what_a_run_has_kept() throws Exception {
    JsonNode kept =
        Json.read(Files.readString(Path.of(run.folder(), "result.json")), JsonNode.class);
    JsonNode deciding = json("compare", "latest", "--again", "auc");
    assertThat(deciding.get("contrasts")).isEqualTo(kept.get("contrasts"));
    JsonNode brier = json("compare", "latest", "--again", "brier");
    assertThat(brier.get("models")).hasSize(4);
    for (JsonNode model : brier.get("models")) {
      String name = model.get("name").asText();
      assertThat(model.get("value").asDouble())
          .as(name)
          .isEqualTo(run.metrics().get(name).get("brier"));
    }
    JsonNode pair = brier.get("contrasts").get("pairs").get(0);
    assertThat(pair.get("evidence").get("interval").get("low").asDouble())
        .isLessThan(pair.get("gain").asDouble());
  }

  @Test
  void an_ensemble_scores_as_the_weighted_mean_of_its_models() throws Exception {
    SavedEnsemble both =
        SavedEnsemble.in(run.folder() + "/ensemble", spark.sessionState().newHadoopConf())
            .orElseThrow();
    assertThat(both.members()).hasSize(2);
    assertThat(both.members().get(0).model()).isEqualTo("mlp");
    assertThat(both.members().stream().mapToDouble(SavedEnsemble.Member::weight).sum())
        .isCloseTo(1, within(1e-12));
    Map<String, Dataset<Row>> scores = new java.util.HashMap<>();
    for (String name : List.of("ensemble", "mlp", both.members().get(1).model())) {
      String out = directory.resolve("mean-" + name).toString();
      output(
          "predict",
          "--run",
          "latest",
          "--network",
          name,
          "--table",
          table() + "@0",
          "--key",
          "id",
          "--out",
          out);
      scores.put(
          name, spark.read().format("delta").load(out).selectExpr("id", "prediction[1] " + name));
    }
    String first = both.members().get(0).model();
    String second = both.members().get(1).model();
    Row off =
        scores
            .get("ensemble")
            .join(scores.get(first), "id")
            .join(scores.get(second), "id")
            .selectExpr(
                "count(*)",
                "max(abs(ensemble - %s * %s - %s * %s))"
                    .formatted(
                        both.members().get(0).weight(), first,
                        both.members().get(1).weight(), second))
            .head();
    assertThat(off.getLong(0)).isEqualTo(ROWS);
    assertThat(off.getDouble(1)).isLessThan(1e-12);
    JsonNode decay = json("decay", "latest", "--model", "ensemble");
    assertThat(decay.get("versions").get(0).get("metrics").get("auc").asDouble())
        .isEqualTo(run.metrics().get("ensemble").get("auc"));
    assertThat(decay.get("failsFrom").asLong()).isEqualTo(2);
    assertThatThrownBy(
            () ->
                output(
                    "predict",
                    "--model",
                    run.folder() + "/ensemble",
                    "--table",
                    table() + "@0",
                    "--out",
                    directory.resolve("none").toString()))
        .hasMessageContainingAll("is not one model but an ensemble", "--run RUN --model ensemble");
  }

  @Test
  void decay_says_when_it_began_what_drifted_and_what_cannot_be_scored() throws Exception {
    JsonNode decay = json("decay", "latest", "--model", "mlp");
    assertThat(decay.get("failsFrom").asLong()).isEqualTo(2);
    JsonNode versions = decay.get("versions");
    assertThat(versions)
        .extracting(v -> v.get("version").asInt())
        .containsExactly(0, 1, 2, 3, 5, 6);
    JsonNode trained = versions.get(0);
    assertThat(trained.get("metrics").get("auc").asDouble())
        .isEqualTo(run.metrics().get("mlp").get("auc"));
    assertThat(trained.get("rows").asLong()).isEqualTo(run.data().splits().get("test"));
    assertThat(trained.get("added").asLong()).isZero();
    assertThat(versions.get(1).get("added").asLong()).isEqualTo(ADDED);
    assertThat(versions.get(3).get("added").asLong()).isEqualTo(3 * ADDED);
    assertThat(trained.get("drift").get("x").asDouble()).isZero();
    assertThat(versions.get(1).get("drift").get("x").asDouble()).isLessThan(0.02);
    assertThat(versions.get(3).get("drift").fieldNames().next()).isEqualTo("x");
    assertThat(versions.get(3).get("drift").get("x").asDouble()).isGreaterThan(0.2);
    assertThat(versions.get(4).get("problem").asText()).contains("has no column 'y'");
    // Without labels there is no metric, but the features drift all the same.
    assertThat(versions.get(5).get("problem").asText()).contains("no row to be scored");
    assertThat(versions.get(5).get("drift").get("x").asDouble()).isGreaterThan(0.2);

    String page = Files.readString(Path.of(decay.get("page").asText()));
    var document = WellFormed.page(page);
    assertThat(document.getElementsByTagName("svg").getLength()).isEqualTo(2);
    assertThat(page)
        .doesNotContain("http://", "https://", "<script")
        .contains("fails from version 2");
  }
}
