package dev.lockstep.evaluation.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.data.Json;
import dev.lockstep.data.LockstepException;
import dev.lockstep.data.SparkExtension;
import dev.lockstep.data.command.Progress;
import dev.lockstep.distributor.barrier.JobOptions;
import dev.lockstep.distributor.experiment.ExperimentFile;
import dev.lockstep.evaluation.Lockstep;
import dev.lockstep.evaluation.ledger.Ledger;
import dev.lockstep.evaluation.ledger.RecordedComparison;
import dev.lockstep.evaluation.ledger.RunRecord;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
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
    rows(0, 100, false)
        .drop("y")
        .write()
        .format("delta")
        .mode("overwrite")
        .option("overwriteSchema", true)
        .save(table());
  }

  private static void compare(Ledger into, double learningRate) {
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
        output: %s
        """
            .formatted(table(), learningRate, directory.resolve("runs"));
    new RecordedComparison(spark, JobOptions.defaults(), new Progress(System.err, false), into)
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

  /** What a command prints on standard output; it must end with 0. */
  private static String output(String... arguments) {
    PrintStream former = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    String[] all =
        Stream.concat(Stream.of(arguments), Stream.of("--ledger", ledger.path()))
            .toArray(String[]::new);
    try {
      System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
      CommandLine line = new CommandLine(new Lockstep());
      line.setExecutionExceptionHandler(
          (e, command, parsed) -> {
            throw e;
          });
      assertThat(line.execute(all)).isZero();
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
  void decay_says_when_it_began_what_drifted_and_what_cannot_be_scored() throws Exception {
    JsonNode decay = json("decay", "latest");
    assertThat(decay.get("failsFrom").asLong()).isEqualTo(2);
    JsonNode versions = decay.get("versions");
    assertThat(versions).extracting(v -> v.get("version").asInt()).containsExactly(0, 1, 2, 3, 5);
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

    String page = Files.readString(Path.of(decay.get("page").asText()));
    var document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(
                new ByteArrayInputStream(
                    page.replace("<!DOCTYPE html>", "").getBytes(StandardCharsets.UTF_8)));
    assertThat(document.getElementsByTagName("svg").getLength()).isEqualTo(2);
    assertThat(page)
        .doesNotContain("http://", "https://", "<script")
        .contains("fails from version 2");
  }
}
