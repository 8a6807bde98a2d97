package dev.lockstep.data.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.SparkExtension;
import io.delta.tables.DeltaTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether what is read without Spark is what Spark reads. */
@ExtendWith(SparkExtension.class)
class KernelTableTest {
  private static final Map<String, String> NOTHING = Map.of();

  private static LockstepException absent() {
    return new LockstepException("there is no table", "Make one");
  }

  private static SparkSession spark;
  @TempDir Path directory;

  @BeforeAll
  static void keep(SparkSession session) {
    spark = session;
  }

  /** A table of ten rows and a version a commit, of the properties given. */
  private String table(String name, String properties) {
    String path = directory.resolve(name).toString();
    spark.sql(
        "CREATE TABLE delta.`%s` (id BIGINT, v STRING) USING delta TBLPROPERTIES (%s)"
            .formatted(path, properties));
    append(path, 0);
    return path;
  }

  private static void append(String path, int from) {
    spark
        .range(from, from + 10)
        .selectExpr("id", "concat('v', id) AS v")
        .coalesce(1)
        .write()
        .format("delta")
        .mode("append")
        .option("userMetadata", "from " + from)
        .save(path);
  }

  /** Reads both ways; Spark reads the log anew, as a new process does. */
  private static void assertSame(String path) {
    Optional<DeltaHistory> quick = DeltaHistory.withoutSpark(path, NOTHING);
    DeltaLog.clearCache();
    assertThat(quick).contains(DeltaHistory.of(spark, path));
    List<Map<String, Object>> rows =
        spark.read().format("delta").load(path).select("id", "v").collectAsList().stream()
            .map(row -> Map.of("id", row.get(0), "v", row.get(1)))
            .toList();
    assertThat(
            KernelTable.read(
                path,
                NOTHING,
                KernelTableTest::absent,
                table -> table.rows(Set.of("id", "v", "none"))))
        .hasValueSatisfying(read -> assertThat(read).containsExactlyInAnyOrderElementsOf(rows));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "with a space, %  | 'delta.checkpointInterval' = '100'",
        "checkpoints      | 'delta.checkpointInterval' = '2'",
        "v2 checkpoints   | 'delta.checkpointInterval' = '2', 'delta.checkpointPolicy' = 'v2'",
        "deletion vectors | 'delta.enableDeletionVectors' = 'true'",
        "in-commit times  | 'delta.enableInCommitTimestamps' = 'true'",
        "mapped columns   | 'delta.columnMapping.mode' = 'name'"
      })
  void history_and_rows_are_those_that_spark_reads(String name, String properties) {
    String path = table(name, properties);
    append(path, 10);
    DeltaTable table = DeltaTable.forPath(spark, path);
    table.delete("id = 3");
    table.updateExpr("id = 4", Map.of("v", "'changed'"));
    table
        .as("t")
        .merge(spark.range(18, 22).selectExpr("id", "'merged' AS v").as("s"), "t.id = s.id")
        .whenMatched()
        .updateAll()
        .whenNotMatched()
        .insertAll()
        .execute();
    table.optimize().executeCompaction();
    spark.sql("ALTER TABLE delta.`%s` ADD COLUMNS (later DOUBLE)".formatted(path));
    assertSame(path);
  }

  @Test
  void in_commit_timestamps_count_from_the_version_on_that_enabled_them() throws IOException {
    String path = table("later", "'delta.checkpointInterval' = '100'");
    append(path, 10);
    spark.sql(
        "ALTER TABLE delta.`%s` SET TBLPROPERTIES ('delta.enableInCommitTimestamps' = 'true')"
            .formatted(path));
    append(path, 20);
    for (int version = 0; version < 5; version++) { // As after a copy: files lie about the time.
      touch(path, version, Instant.parse("2026-01-01T00:00:00Z").minusSeconds(60L * version));
    }
    assertSame(path);
    List<DeltaHistory.Commit> commits =
        DeltaHistory.withoutSpark(path, NOTHING).orElseThrow().commits();
    assertThat(commits)
        .extracting(DeltaHistory.Commit::version)
        .containsExactly(4L, 3L, 2L, 1L, 0L);
    assertThat(commits.get(0).time()).isAfter(Instant.parse("2026-06-01T00:00:00Z"));
    assertThat(commits.get(3).time()).isEqualTo("2026-01-01T00:00:00.001Z");
    assertThat(commits.get(0).note()).contains("from 20");
  }

  private static void touch(String path, int version, Instant time) throws IOException {
    Files.setLastModifiedTime(commit(path, version), FileTime.from(time));
  }

  private static Path commit(String path, int version) {
    return Path.of(path, "_delta_log", "%020d.json".formatted(version));
  }

  @Test
  void the_history_begins_where_the_log_was_cleaned_up() throws IOException {
    String path = table("cleaned", "'delta.checkpointInterval' = '3'");
    for (int i = 1; i < 6; i++) {
      append(path, 10 * i);
    }
    for (int version = 0; version < 3; version++) {
      Files.delete(commit(path, version));
      Files.deleteIfExists(commit(path, version).resolveSibling("%020d.crc".formatted(version)));
    }
    assertSame(path);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "{\"commitInfo\":{\"time", "rubbish\n", "[]", "{\"commitInfo\":{}}\n{"})
  void a_torn_commit_is_left_to_spark(String torn) throws IOException {
    String path = table("torn", "'delta.checkpointInterval' = '100'");
    append(path, 10);
    for (int version : new int[] {2, 0}) {
      Files.writeString(commit(path, version), torn);
      Files.deleteIfExists(Path.of(path, "_delta_log", ".%020d.json.crc".formatted(version)));
      assertThat(DeltaHistory.withoutSpark(path, NOTHING)).isEmpty();
    }
  }

  @Test
  void rows_that_are_torn_or_gone_are_left_to_spark() throws IOException {
    String path = table("rows", "'delta.checkpointInterval' = '100'");
    Path rows;
    try (var files = Files.list(Path.of(path))) {
      rows = files.filter(f -> f.toString().endsWith(".parquet")).findFirst().orElseThrow();
    }
    Files.writeString(rows, "PAR1 and no more");
    assertThat(
            KernelTable.read(
                path, NOTHING, KernelTableTest::absent, table -> table.rows(Set.of("id"))))
        .isEmpty();
    Files.delete(rows);
    assertThat(
            KernelTable.read(
                path, NOTHING, KernelTableTest::absent, table -> table.rows(Set.of("id"))))
        .isEmpty();
  }

  @Test
  void a_feature_that_kernel_does_not_know_is_left_to_spark() throws IOException {
    String path = table("future", "'delta.checkpointInterval' = '100'");
    for (String feature : List.of("fromTheFuture", "catalogManaged")) {
      String reader = feature.equals("fromTheFuture") ? "\"" + feature + "\"" : "";
      Files.writeString(
          commit(path, 2),
          """
          {"commitInfo":{"timestamp":1767225600000,"operation":"UPGRADE PROTOCOL"}}
          {"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":[%s],"writerFeatures":["%s"]}}
          """
              .formatted(reader, feature));
      assertThat(DeltaHistory.withoutSpark(path, NOTHING)).as(feature).isEmpty();
    }
  }

  @Test
  void a_name_in_the_catalog_and_a_folder_of_a_table_are_left_to_spark() throws IOException {
    String path = table("whole", "'delta.checkpointInterval' = '100'");
    assertThat(DeltaHistory.withoutSpark("no_such_name", NOTHING)).isEmpty();
    Path part = Files.createDirectory(Path.of(path, "part=1"));
    assertThat(DeltaHistory.withoutSpark(part.toString(), NOTHING)).isEmpty();
    assertThat(DeltaHistory.withoutSpark("s3a://bucket/table", NOTHING)).isEmpty();
  }

  @Test
  void no_table_is_said_at_once_and_in_the_same_words(@TempDir Path empty) {
    String path = empty.resolve("nowhere").toString();
    String expected = "there is no Delta table at " + path;
    assertThatThrownBy(() -> DeltaHistory.of(spark, path))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining(expected);
    assertThatThrownBy(() -> DeltaHistory.withoutSpark(path, NOTHING))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining(expected);
  }

  @Test
  void a_path_means_what_hadoops_configuration_says() {
    String path = table("default", "'delta.checkpointInterval' = '100'");
    DeltaHistory history = DeltaHistory.of(spark, path);
    assertThat(DeltaHistory.withoutSpark("file:" + path, NOTHING))
        .hasValueSatisfying(h -> assertThat(h.commits()).isEqualTo(history.commits()));
    // Nothing listens there: Spark is asked, and says so.
    Map<String, String> elsewhere =
        Map.of("fs.defaultFS", "hdfs://127.0.0.1:1", "ipc.client.connect.max.retries", "0");
    assertThat(DeltaHistory.withoutSpark(path, elsewhere)).isEmpty();
  }
}
