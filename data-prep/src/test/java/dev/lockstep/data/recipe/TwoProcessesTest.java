package dev.lockstep.data.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.data.ShortJvm;
import dev.lockstep.data.SparkExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class TwoProcessesTest {
  /** More by {@code -Dlockstep.updates=50}. */
  private static final int UPDATES = Integer.getInteger("lockstep.updates", 2);

  @TempDir static Path directory;

  @Test
  void two_processes_that_update_one_feature_table_lose_no_row_and_double_none(SparkSession spark)
      throws IOException, InterruptedException {
    create(spark, "people", "id int");
    create(spark, "events", "writer int, person int, at timestamp, amount double");
    spark.sql("insert into delta.`%s/people` values (0),(1),(2),(3),(4)".formatted(directory));
    List<Process> processes = List.of(start(0), start(1));
    for (int i = 0; i < 2; i++) {
      assertThat(processes.get(i).waitFor(300 + 60L * UPDATES, TimeUnit.SECONDS)).isTrue();
      assertThat(processes.get(i).exitValue()).as(log(i)).isZero();
    }
    Dataset<Row> features = spark.read().format("delta").load(directory + "/features");
    List<String> rows = features.collectAsList().stream().map(Row::mkString).sorted().toList();
    List<String> anew =
        ConcurrentUpdates.recipe(directory).rows(spark).collectAsList().stream()
            .map(Row::mkString)
            .sorted()
            .toList();
    assertThat(rows).isEqualTo(anew).hasSize(5);
    assertThat(features.agg(org.apache.spark.sql.functions.sum("n")).head().getLong(0))
        .isEqualTo(2L * UPDATES);
  }

  private static void create(SparkSession spark, String name, String columns) {
    spark.sql(
        "create table delta.`%s/%s` (%s) using delta tblproperties (delta.enableChangeDataFeed = true)"
            .formatted(directory, name, columns));
  }

  private static Process start(int writer) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + Path.of(System.getProperty("lockstep.root"), "cluster-configs/jvm.options"));
    command.addAll(ShortJvm.OPTIONS);
    command.add("-Xmx1g");
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))));
    command.addAll(
        List.of(
            ConcurrentUpdates.class.getName(),
            directory.toString(),
            String.valueOf(writer),
            String.valueOf(UPDATES)));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("log" + writer).toFile())
        .start();
  }

  private static String log(int writer) throws IOException {
    return Files.readString(directory.resolve("log" + writer));
  }
}
