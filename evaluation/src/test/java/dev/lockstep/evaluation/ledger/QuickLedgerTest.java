package dev.lockstep.evaluation.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.SparkExtension;
import io.delta.tables.DeltaTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether a ledger says without Spark what it says with Spark. */
@ExtendWith(SparkExtension.class)
class QuickLedgerTest {
  private static final int ALL = 100;

  private static SparkSession spark;
  @TempDir Path directory;

  @BeforeAll
  static void keep(SparkSession session) {
    spark = session;
  }

  private String path() {
    return directory.resolve("ledger").toString();
  }

  private QuickLedger quick() {
    return new QuickLedger(path(), Map.of());
  }

  private Ledger ledger() {
    DeltaLog.clearCache();
    return new Ledger(spark, path());
  }

  private void append(String id, String time) {
    ledger().append(LedgerTest.run(id, time, 0.1 + 0.2));
  }

  private void assertSame() {
    Ledger ledger = ledger();
    assertThat(quick().runs(ALL)).contains(ledger.runs("", ALL));
    assertThat(quick().runs(2)).contains(ledger.runs("", 2));
    List<String> ids = ledger.runs("", ALL).stream().map(RunRecord::runId).toList();
    Stream<String> others = Stream.of("latest", "", "2026", "20261102-000000-bbbc", "nothing");
    for (String name : Stream.concat(others, ids.stream()).toList()) {
      assertThat(outcome(() -> quick().find(name).orElseThrow()))
          .isEqualTo(outcome(() -> ledger.find(name)));
    }
  }

  /** A run, or why there is none. */
  private static Object outcome(Supplier<RunRecord> found) {
    try {
      return found.get();
    } catch (LockstepException e) {
      return e.getMessage();
    }
  }

  @Test
  void runs_are_the_same_in_order_and_in_all_they_hold() {
    append("20261101-000000-aaaa", "2026-11-01T00:00:00Z");
    append("20261101-000000-bbbb", "2026-11-01T00:00:00Z");
    append("20261102-000000-bbbb", "2026-11-02T00:00:00.120Z");
    append("20261031-000000-cccc", "2026-10-31T23:59:59.999Z");
    assertSame();
    spark.sql("OPTIMIZE delta.`%s`".formatted(path()));
    spark.sql(
        "ALTER TABLE delta.`%s` SET TBLPROPERTIES ('delta.enableDeletionVectors' = 'true',"
                .formatted(path())
            + " 'delta.enableInCommitTimestamps' = 'true', 'delta.checkpointInterval' = '2')");
    DeltaTable.forPath(spark, path()).delete("runId = '20261101-000000-bbbb'");
    append("20261103-000000-dddd", "2026-11-03T00:00:00.000001Z");
    assertThat(ledger().runs("", ALL)).hasSize(4);
    assertSame();
  }

  @Test
  void a_ledger_of_an_older_release_is_the_same() {
    spark
        .sql(
            "SELECT 'old-run' AS runId, timestamp'2025-01-01 00:00:00.123456' AS time,"
                + " 'seed: 3' AS experiment, named_struct('source', named_struct('table', 't',"
                + " 'id', 'i', 'version', 7L)) AS data,"
                + " named_struct('libraries', map('Spark', '3.5.0')) AS environment,"
                + " 'abandoned' AS mood, 1.5BD AS further")
        .write()
        .format("delta")
        .save(path());
    assertSame();
    append("20261101-000000-aaaa", "2026-11-01T00:00:00Z");
    assertSame();
  }

  @Test
  void no_ledger_is_said_at_once_and_in_the_same_words() {
    assertThat(catchThrowable(() -> quick().runs(ALL)))
        .hasMessage(catchThrowable(() -> ledger().runs("", ALL)).getMessage())
        .hasMessageContaining("there is no ledger at " + path());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{\"commitInfo\":{\"time", "rubbish\n"})
  void a_torn_ledger_is_left_to_spark_or_read_as_by_spark(String torn) throws IOException {
    append("20261101-000000-aaaa", "2026-11-01T00:00:00Z");
    append("20261102-000000-bbbb", "2026-11-02T00:00:00Z");
    for (int version = 1; version >= 0; version--) {
      String commit = "%020d".formatted(version);
      Path log = directory.resolve("ledger/_delta_log");
      Files.writeString(log.resolve(commit + ".json"), torn);
      Files.deleteIfExists(log.resolve("." + commit + ".json.crc"));
      Files.deleteIfExists(log.resolve(commit + ".crc"));
      Ledger ledger = ledger();
      Throwable failure = catchThrowable(() -> ledger.runs("", ALL));
      if (failure == null) {
        assertSame();
      } else {
        assertThat(quick().runs(ALL)).as("version %d, %s", version, failure).isEmpty();
        assertThat(quick().find("latest")).isEmpty();
      }
    }
  }

  @Test
  void a_ledger_whose_rows_are_gone_or_that_is_none_is_left_to_spark() throws IOException {
    append("20261101-000000-aaaa", "2026-11-01T00:00:00Z");
    try (Stream<Path> files = Files.list(directory.resolve("ledger"))) {
      Files.delete(files.filter(f -> f.toString().endsWith(".parquet")).findFirst().orElseThrow());
    }
    assertThat(quick().runs(ALL)).isEmpty();
    String other = directory.resolve("other").toString();
    spark.range(3).write().format("delta").save(other);
    assertThat(new QuickLedger(other, Map.of()).runs(ALL)).isEmpty();
    assertThat(new QuickLedger(other, Map.of()).find("latest")).isEmpty();
  }
}
