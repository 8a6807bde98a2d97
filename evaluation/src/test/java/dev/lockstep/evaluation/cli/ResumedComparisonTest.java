package dev.lockstep.evaluation.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.data.Json;
import dev.lockstep.data.ShortJvm;
import dev.lockstep.data.SparkExtension;
import dev.lockstep.evaluation.Lockstep;
import dev.lockstep.evaluation.ledger.Ledger;
import dev.lockstep.evaluation.ledger.LedgerPath;
import dev.lockstep.evaluation.ledger.RunRecord;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
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

/** A comparison whose process is killed, and that goes on to the result of one that is not. */
@ExtendWith(SparkExtension.class)
class ResumedComparisonTest {
  private static final int ROWS = 900;

  /** What a clock or a name says, and no input. */
  private static final Set<String> OF_THE_TIME =
      Set.of("runId", "createdAt", "report", "prepareSeconds", "command", "verdict", "provenance");

  private static final Set<String> COSTS =
      Set.of("trainSeconds", "predictSeconds", "cost", "seconds");

  @TempDir static Path directory;
  private static SparkSession spark;

  @BeforeAll
  static void table(SparkSession session) {
    spark = session;
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      Random random = new Random(i);
      double x = random.nextGaussian();
      double y = random.nextGaussian();
      boolean bought = x * y + 0.3 * random.nextGaussian() > 0;
      rows.add(RowFactory.create((long) i, x, y, bought ? "yes" : "no"));
    }
    StructType schema =
        new StructType()
            .add("id", DataTypes.LongType)
            .add("x", DataTypes.DoubleType)
            .add("y", DataTypes.DoubleType)
            .add("bought", DataTypes.StringType);
    spark
        .createDataFrame(rows, schema)
        .coalesce(1)
        .write()
        .format("delta")
        .save(directory.resolve("table").toString());
  }

  private static Path experiment(String seeds) throws Exception {
    return Files.writeString(
        directory.resolve("experiment.yaml"),
        """
        table: %s
        task: binary
        label: bought
        key: id
        features: {numeric: [x, y]}
        models: [{name: mlp, hidden: [8]}, linear]
        training: {epochs: 3, batch: 64, ranks: 1}
        baselines: [{name: xgboost, trees: 10}]
        tuning: {trials: 2}
        ensemble: true
        seeds: %s
        """
            .formatted(directory.resolve("table"), seeds));
  }

  /** What a command said. */
  private record Said(int code, String out, String err) {}

  private static Said lockstep(String... words) {
    PrintStream formerOut = System.out;
    PrintStream formerErr = System.err;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code;
    try {
      System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
      code = LockstepCommand.run(words);
    } finally {
      System.setOut(formerOut);
      System.setErr(formerErr);
    }
    return new Said(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** Begins a comparison in a JVM of its own, kills that at a line, and returns the run's id. */
  private static String killed(Path file, Path output, String at) throws Exception {
    List<String> command =
        ShortJvm.command(
            List.of(), Lockstep.class, "compare", file.toString(), "--output", output.toString());
    Process process =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    List<String> lines = new ArrayList<>();
    try (BufferedReader reader = process.inputReader()) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(line);
        if (line.startsWith(at)) {
          break;
        }
      }
    } finally {
      process.destroyForcibly().waitFor(); // SIGKILL.
    }
    assertThat(lines).as("until '%s'", at).last().asString().startsWith(at);
    return lines.stream()
        .filter(line -> line.startsWith("run "))
        .map(line -> line.split(" ")[1])
        .findFirst()
        .orElseThrow();
  }

  private static JsonNode timeless(JsonNode result) {
    ObjectNode all = result.deepCopy();
    all.remove(OF_THE_TIME);
    // It names the times of training, which differ.
    all.findParents("recommendation").forEach(page -> ((ObjectNode) page).remove("recommendation"));
    all.findParents("trainSeconds").forEach(model -> ((ObjectNode) model).remove(COSTS));
    all.findParents("seconds").forEach(trial -> ((ObjectNode) trial).remove(COSTS));
    return all;
  }

  @Test
  void a_killed_comparison_goes_on_to_the_result_of_one_that_is_not() throws Exception {
    Path file = experiment("[1, 5]");
    Path output = directory.resolve("killed");
    Said whole =
        lockstep("compare", file.toString(), "--json", "--output", directory.resolve("whole") + "");
    assertThat(whole.code()).as(whole.err()).isZero();

    String run = killed(file, output, "linear tried");
    Path folder = output.resolve(run);
    assertThat(folder.resolve("result.json")).doesNotExist();
    Path weights = folder.resolve("mlp/seed-1/model/weights.bin");
    Object written = Files.getLastModifiedTime(weights);
    // As after a cut between the scores and the note that the model is judged.
    Files.delete(folder.resolve("mlp/seed-5/judged.json"));

    Said refused =
        lockstep(
            "compare",
            experiment("[1, 7]").toString(),
            "--output",
            output.toString(),
            "--resume",
            run);
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains("seeds is [1, 5] in the run and [1, 7] now");
    experiment("[1, 5]");
    // The table goes on; the run stays with the version that it began with.
    spark
        .read()
        .format("delta")
        .load(directory.resolve("table").toString())
        .limit(50)
        .selectExpr("id + 10000 as id", "x", "y", "bought")
        .write()
        .format("delta")
        .mode("append")
        .save(directory.resolve("table").toString());

    Said resumed =
        lockstep(
            "compare", file.toString(), "--json", "--output", output.toString(), "--resume", run);
    assertThat(resumed.code()).as(resumed.err()).isZero();
    assertThat(resumed.err())
        .contains("mlp seed 1 was trained before")
        .doesNotContain("mlp seed 5 was trained before", "mlp tried")
        .containsOnlyOnce("linear tried");
    assertThat(Files.getLastModifiedTime(weights)).isEqualTo(written);
    JsonNode one = Json.read(whole.out(), JsonNode.class);
    JsonNode other = Json.read(resumed.out(), JsonNode.class);
    assertThat(timeless(other)).isEqualTo(timeless(one));
    assertThat(other.get("verdict").asText().replaceAll("at [^ ]+ times", ""))
        .isEqualTo(one.get("verdict").asText().replaceAll("at [^ ]+ times", ""));

    Ledger ledger = new Ledger(spark, LedgerPath.beside(output.toString()));
    assertThat(ledger.runs("", 10)).hasSize(1);
    RunRecord row = ledger.find(run);
    assertThat(row.status()).isEqualTo(RunRecord.Status.finished);
    assertThat(row.weightsSha256().keySet())
        .containsExactly("mlp/seed-1", "mlp/seed-5", "linear/seed-1", "linear/seed-5");
    Said again =
        lockstep("compare", file.toString(), "--output", output.toString(), "--resume", run);
    assertThat(again.code()).isEqualTo(1);
    assertThat(again.err()).contains("run " + run + " has finished");

    assertScores(folder, one.get("splits"));
    assertHistory(folder);
  }

  /** Each model has scored each row of both splits once, with what its metrics are made of. */
  private static void assertScores(Path folder, JsonNode splits) {
    Dataset<Row> scores = spark.read().format("delta").load(folder.resolve("scores").toString());
    List<Row> counts =
        scores
            .groupBy("model", "seed", "part", "split")
            .agg(
                org.apache.spark.sql.functions.count("*"),
                org.apache.spark.sql.functions.countDistinct("hash"))
            .collectAsList();
    assertThat(counts).hasSize(3 * 2 * 2);
    for (Row count : counts) {
      long rows = splits.get(count.getString(3)).asLong();
      assertThat(count.getInt(2)).isEqualTo(1);
      assertThat(count.getLong(4)).isEqualTo(rows);
      assertThat(count.getLong(5)).isEqualTo(rows);
    }
    assertThat(
            scores
                .where("size(prediction) = 2 and abs(prediction[0] + prediction[1] - 1) < 1e-6")
                .count())
        .isEqualTo(scores.count());
  }

  /** A line for each epoch of each network; of mlp's second seed, which was trained twice, two. */
  private static void assertHistory(Path folder) throws Exception {
    List<String> lines = Files.readAllLines(folder.resolve("history.csv"));
    assertThat(lines.get(0))
        .isEqualTo(
            "model,seed,epoch,step,trainingLoss,validationLoss,validationMetric,rowsPerSecond,seconds");
    List<String> epochs =
        lines.stream().skip(1).map(l -> l.replaceFirst("^(([^,]*,){3}).*", "$1")).toList();
    assertThat(epochs.stream().distinct())
        .containsExactlyInAnyOrder(
            "mlp,1,1,",
            "mlp,1,2,",
            "mlp,1,3,",
            "mlp,5,1,",
            "mlp,5,2,",
            "mlp,5,3,",
            "linear,1,1,",
            "linear,1,2,",
            "linear,1,3,",
            "linear,5,1,",
            "linear,5,2,",
            "linear,5,3,");
    assertThat(epochs).hasSize(15);
    for (String line : lines.subList(1, lines.size())) {
      String[] fields = line.split(",");
      assertThat(fields).hasSize(9);
      assertThat(Long.parseLong(fields[3])).isPositive();
      for (int f = 4; f < 9; f++) {
        assertThat(Double.parseDouble(fields[f])).isPositive();
      }
    }
  }
}
