package dev.lockstep.evaluation.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.SparkExtension;
import dev.lockstep.distributor.experiment.ExperimentFile;
import dev.lockstep.distributor.rendezvous.RendezvousOptions;
import dev.lockstep.evaluation.comparison.ComparisonListener;
import dev.lockstep.evaluation.provenance.Change;
import io.delta.tables.DeltaTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * One run, and what happens to its table afterwards: each test goes on where the last one ended.
 */
@ExtendWith(SparkExtension.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReproductionTest {
  private static final int COMMITS = 20;

  @TempDir static Path directory;
  private static SparkSession spark;
  private static Ledger ledger;
  private static RunRecord run;

  @BeforeAll
  static void run(SparkSession session) {
    spark = session;
    write(0, 800, "overwrite");
    String text =
        """
        table: %s
        task: binary
        label: bought
        key: id
        features: {numeric: [x, y]}
        model: {name: mlp, hidden: [16]}
        training: {epochs: 2, batch: 64}
        baselines: [constant]
        output: %s
        """
            .formatted(table(), directory.resolve("runs"));
    ledger = new Ledger(spark, directory.resolve("ledger").toString());
    new RecordedComparison(spark, RendezvousOptions.defaults(), ComparisonListener.NONE, ledger)
        .run(
            ExperimentFile.parse(text, "test.yaml").withRanks(1),
            "bin/lockstep compare test.yaml --ranks 1",
            Map.of("ranks", "1"));
    run = ledger.find(Ledger.LATEST);
  }

  private static String table() {
    return directory.resolve("table").toString();
  }

  private static void write(int from, int to, String mode) {
    List<Row> rows = new ArrayList<>();
    for (int i = from; i < to; i++) {
      Random random = new Random(i);
      double x = random.nextGaussian();
      double y = random.nextGaussian();
      boolean bought = x + y + 0.3 * random.nextGaussian() > 0;
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
        .mode(mode)
        .save(table());
  }

  private static Reproduction again(RunRecord of) {
    return Reproduction.of(
        spark,
        RendezvousOptions.defaults(),
        ComparisonListener.NONE,
        ledger,
        of,
        directory.resolve("again").toString());
  }

  @Test
  @Order(1)
  void the_row_says_what_the_run_was() {
    assertThat(run.data().source().version()).isZero();
    assertThat(run.data().source().location()).startsWith("file:/");
    assertThat(run.worldSize()).isEqualTo(1);
    assertThat(run.metrics()).containsOnlyKeys("mlp", "constant");
    assertThat(run.weightsSha256()).containsOnlyKeys("mlp");
    assertThat(run.environment().libraries()).containsEntry("Spark", spark.version());
    assertThat(run.environment().cpu()).matches("AVX512|AVX2|DEFAULT.*");
    assertThat(run.environment().code()).matches("[0-9a-f]{40,64}(, changed)?|unknown");
    assertThat(Path.of(run.model("mlp").folder(), "model", "model.json")).exists();
  }

  @Test
  @Order(2)
  void the_same_bits_after_twenty_commits_an_optimize_a_change_of_schema_and_of_a_library() {
    for (int i = 0; i < COMMITS; i++) {
      write(800 + 10 * i, 810 + 10 * i, "append");
    }
    DeltaTable.forPath(spark, table()).optimize().executeCompaction();
    spark.sql("ALTER TABLE delta.`%s` ADD COLUMNS (z DOUBLE)".formatted(table()));
    spark.sql(
        """
        UPDATE delta.`%s` SET environment.libraries =
          map_concat(map_filter(environment.libraries, (k, v) -> k <> 'PyTorch'),
            map('PyTorch', '2.6.0'))
        """
            .formatted(ledger.path()));
    Reproduction outcome = again(ledger.find(run.runId()));
    assertThat(outcome.differences()).isEmpty();
    assertThat(outcome.same()).isTrue();
    String pytorch = run.environment().libraries().get("PyTorch");
    assertThat(outcome.changed()).containsExactly(new Change("PyTorch", "2.6.0", pytorch));
    assertThat(outcome.sentence())
        .contains("Reproduced", "bit for bit", "PyTorch was 2.6.0 and is " + pytorch);
    RunRecord again = ledger.find(outcome.again());
    assertThat(again.weightsSha256()).isEqualTo(run.weightsSha256());
    assertThat(again.metrics()).isEqualTo(run.metrics());
    assertThat(again.command()).isEqualTo("bin/lockstep reproduce " + run.runId());
    assertThat(again.experiment()).isEqualTo(run.experiment());
  }

  @Test
  @Order(3)
  void a_result_that_differs_comes_with_what_changed() {
    Reproduction other =
        new Reproduction(
            "one",
            "two",
            false,
            List.of(new Change("PyTorch", "2.6.0", "2.7.1")),
            List.of(new Change("weights of mlp", "7a", "8b")));
    assertThat(other.sentence()).contains("NOT reproduced", "PyTorch was 2.6.0 and is 2.7.1");
    Reproduction unknown = new Reproduction("one", "two", false, List.of(), other.differences());
    assertThat(unknown.sentence()).contains("No recorded input has changed");
  }

  @Test
  @Order(4)
  void a_version_that_vacuum_removed_is_a_clear_error() {
    write(0, 300, "overwrite");
    spark.conf().set("spark.databricks.delta.retentionDurationCheck.enabled", false);
    spark.conf().set("spark.sql.sources.parallelPartitionDiscovery.parallelism", 2);
    try {
      DeltaTable.forPath(spark, table()).vacuum(0);
    } finally {
      spark.conf().unset("spark.databricks.delta.retentionDurationCheck.enabled");
      spark.conf().unset("spark.sql.sources.parallelPartitionDiscovery.parallelism");
    }
    assertThatThrownBy(() -> again(run))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("version 0 of")
        .hasMessageContaining("VACUUM has removed");
  }

  @Test
  @Order(5)
  void a_table_that_was_made_anew_is_another_table() throws Exception {
    try (Stream<Path> files = Files.walk(Path.of(table()))) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
    write(0, 800, "overwrite");
    assertThatThrownBy(() -> again(run))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("was recreated since; its table id was " + run.data().source().id());
  }
}
