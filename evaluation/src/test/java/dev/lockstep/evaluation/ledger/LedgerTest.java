package dev.lockstep.evaluation.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.SparkExtension;
import dev.lockstep.data.snapshot.PinnedTable;
import dev.lockstep.distributor.experiment.RunFolder;
import dev.lockstep.distributor.preflight.Finding;
import dev.lockstep.evaluation.baselines.Trees;
import dev.lockstep.evaluation.provenance.Environment;
import dev.lockstep.evaluation.provenance.RunData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SparkExtension.class)
@Tag("every-spark")
class LedgerTest {
  private static final int WRITERS = 8;

  /** More by {@code -Dlockstep.runs=25}. */
  private static final int RUNS_EACH = Integer.getInteger("lockstep.runs", 5);

  private static SparkSession spark;

  @BeforeAll
  static void keep(SparkSession session) {
    spark = session;
  }

  static RunRecord run(String id, String time, double auc) {
    return new RunRecord(
        id,
        time,
        "bin/lockstep compare people.yaml",
        RunRecord.Kind.comparison,
        RunRecord.Status.finished,
        "",
        "table: people # naïve\nseed: 1\n",
        Map.of("ranks", "3"),
        "binary",
        "left",
        new RunData(
            new PinnedTable("people", "file:/people", "id-1", 3, "2026-11-01T00:00:00Z", "5c"),
            Optional.empty(),
            Map.of("train", 70L, "validation", 15L, "test", 15L),
            "fe",
            "f1"),
        List.of(1L),
        3,
        64,
        new Environment(Map.of("Spark", "4.1.0"), "abc", "AVX2", "A processor", "local[2]"),
        Map.of("mlp", Map.of("auc", auc, "ece", Double.NaN)),
        Map.of("mlp", "77"),
        Map.of("gbt", new Trees(60, List.of(42))),
        "/runs/" + id);
  }

  @Test
  void a_run_comes_back_as_it_went_in(@TempDir Path directory) {
    Ledger ledger = new Ledger(spark, directory.resolve("ledger").toString());
    RunRecord run = run("20261101-000000-aaaa", "2026-11-01T00:00:00.125Z", 0.1 + 0.2);
    ledger.append(run);
    assertThat(ledger.runs("", 10)).containsExactly(run);
  }

  @Test
  void eight_writers_at_once_lose_nothing(@TempDir Path directory) throws Exception {
    String path = directory.resolve("ledger").toString();
    ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
    try {
      List<Future<Integer>> ends = new ArrayList<>();
      for (int writer = 0; writer < WRITERS; writer++) {
        int own = writer;
        Callable<Integer> work =
            () -> {
              for (int i = 0; i < RUNS_EACH; i++) {
                new Ledger(spark, path)
                    .append(run("run-%d-%02d".formatted(own, i), "2026-11-01T00:00:00Z", 0.5));
              }
              return own;
            };
        ends.add(writers.submit(work));
      }
      for (Future<Integer> end : ends) {
        end.get();
      }
    } finally {
      writers.shutdownNow();
    }
    List<RunRecord> runs = new Ledger(spark, path).runs("", 1000);
    assertThat(runs).hasSize(WRITERS * RUNS_EACH);
    assertThat(runs.stream().map(RunRecord::runId).distinct()).hasSize(WRITERS * RUNS_EACH);
  }

  @Test
  void the_first_run_may_be_written_by_several_at_once_without_a_lock(@TempDir Path directory)
      throws Exception {
    String path = directory.resolve("ledger").toString();
    ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
    try {
      List<Callable<Integer>> all = new ArrayList<>();
      for (int writer = 0; writer < WRITERS; writer++) {
        int own = writer;
        all.add(
            () -> {
              new Ledger(spark, path).commit(run("run-" + own, "2026-11-01T00:00:00Z", 0.5));
              return own;
            });
      }
      for (Future<Integer> end : writers.invokeAll(all)) {
        end.get();
      }
    } finally {
      writers.shutdownNow();
    }
    assertThat(new Ledger(spark, path).runs("", 100)).hasSize(WRITERS);
  }

  @Test
  void a_ledger_of_an_older_release_is_read_and_goes_on(@TempDir Path directory) {
    String path = directory.resolve("ledger").toString();
    spark
        .sql(
            "SELECT 'old-run' AS runId, timestamp'2025-01-01 00:00:00' AS time,"
                + " 'seed: 3' AS experiment, named_struct('source', named_struct('table', 't',"
                + " 'id', 'i', 'version', 7L)) AS data,"
                + " named_struct('libraries', map('Spark', '3.5.0')) AS environment,"
                + " 'abandoned' AS mood")
        .write()
        .format("delta")
        .save(path);
    Ledger ledger = new Ledger(spark, path);
    assertThat(ledger.find("latest").data().source().version()).isEqualTo(7);
    ledger.append(run("new-run", "2026-11-01T00:00:00Z", 0.5));
    assertThat(ledger.runs("", 10))
        .extracting(RunRecord::runId)
        .containsExactly("new-run", "old-run");
    RunRecord old = ledger.find("old");
    assertThat(old.metrics()).isEmpty();
    assertThat(old.environment().cpu()).isEqualTo("unknown");
    assertThat(spark.read().format("delta").load(path).where("mood = 'abandoned'").count())
        .isEqualTo(1);
  }

  @Test
  void whoever_may_write_into_the_folder_may_write_the_ledger(@TempDir Path directory)
      throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxr-x"));
    new Ledger(spark, directory.resolve("ledger").toString())
        .append(run("20261101-000000-aaaa", "2026-11-01T00:00:00Z", 0.5));
    assertThat(permissions(directory.resolve(".ledger.lock"))).isEqualTo("rw-rw-r--");
    assertThat(permissions(directory.resolve("ledger"))).isEqualTo("rwxrwxr-x");
    assertThat(permissions(directory.resolve("ledger/_delta_log"))).isEqualTo("rwxrwxr-x");
    Path own = Files.createDirectory(directory.resolve("own"));
    Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwxr-xr-x"));
    new Ledger(spark, own.resolve("ledger").toString()).tryLock();
    assertThat(permissions(own.resolve(".ledger.lock"))).isEqualTo("rw-r--r--");
  }

  private static String permissions(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void who_may_not_write_a_file_is_told_whose_it_is(@TempDir Path directory) throws IOException {
    Path file = Files.createFile(directory.resolve(".ledger.lock"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    String owner = Files.getOwner(file).getName();
    assertThat(FolderAccess.refusal(file))
        .contains("user " + System.getProperty("user.name"), owner + "'s", "rw-r--r--");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{\"commitInfo\":{\"time", "rubbish\n"})
  void a_ledger_whose_log_is_torn_is_one_line_with_the_way_out(String torn, @TempDir Path directory)
      throws IOException {
    Ledger ledger = new Ledger(spark, directory.resolve("ledger").toString());
    RunRecord run = run("20261101-000000-aaaa", "2026-11-01T00:00:00Z", 0.5);
    ledger.append(run);
    Path log = directory.resolve("ledger/_delta_log");
    tear(log.resolve("00000000000000000000.json"), torn);
    assertRefused(ledger, log.getParent());
    assertThatThrownBy(() -> ledger.append(run))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("cannot write run 20261101-000000-aaaa to the ledger");
  }

  @Test
  void a_ledger_whose_rows_are_torn_or_gone_is_one_line_with_the_way_out(@TempDir Path directory)
      throws IOException {
    Ledger ledger = new Ledger(spark, directory.resolve("ledger").toString());
    ledger.append(run("20261101-000000-aaaa", "2026-11-01T00:00:00Z", 0.5));
    Path rows;
    try (Stream<Path> files = Files.list(directory.resolve("ledger"))) {
      rows = files.filter(f -> f.toString().endsWith(".parquet")).findFirst().orElseThrow();
    }
    tear(rows, "PAR1 and no more");
    assertRefused(ledger, rows.getParent());
    Files.delete(rows);
    assertRefused(ledger, rows.getParent());
  }

  /** Writes what a crash left; Delta keeps what it has read of a log, so it is read anew. */
  private static void tear(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
    Files.deleteIfExists(file.resolveSibling("00000000000000000000.crc"));
    org.apache.spark.sql.delta.DeltaLog.clearCache();
  }

  private static void assertRefused(Ledger ledger, Path path) {
    assertThatThrownBy(() -> ledger.find("latest"))
        .isInstanceOf(LockstepException.class)
        .hasMessageStartingWith("the ledger " + path + " cannot be read: ")
        .hasMessageContaining("runs --add")
        .hasMessageNotContainingAny("java.", "org.apache", "Exception", "checkpoint");
    assertThat(ledgerFinding(ledger))
        .matches(f -> f.level() == Finding.Level.FAILED && f.text().contains("cannot be read"));
  }

  private static Finding ledgerFinding(Ledger ledger) {
    List<Finding> findings = new LedgerCheck(ledger).examine();
    assertThat(findings).hasSize(1);
    return findings.get(0);
  }

  @Test
  void the_doctor_takes_the_lock_and_reads_the_ledger(@TempDir Path directory) throws IOException {
    Ledger ledger = new Ledger(spark, directory.resolve("ledger").toString());
    assertThat(ledgerFinding(ledger).text()).contains("begins with the first run");
    ledger.append(run("20261101-000000-aaaa", "2026-11-01T00:00:00Z", 0.5));
    assertThat(ledgerFinding(ledger).text()).contains("holds 1 run");
    Files.delete(directory.resolve(".ledger.lock"));
    Files.createDirectory(directory.resolve(".ledger.lock"));
    assertThat(ledgerFinding(ledger))
        .matches(f -> f.level() == Finding.Level.FAILED && f.text().contains(".ledger.lock"));
  }

  @Test
  void a_row_that_was_kept_is_added_once(@TempDir Path directory) throws IOException {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    RunFolder folder = RunFolder.create(directory.toString(), hadoop);
    RunRecord run = run(folder.runId(), "2026-11-01T00:00:00.125Z", 0.1 + 0.2);
    KeptRow.write(folder, run, hadoop);
    Ledger ledger = new Ledger(spark, directory.resolve("ledger").toString());
    KeptRuns kept = new KeptRuns(spark, ledger);
    assertThat(kept.add(List.of(folder.runId()))).containsExactly(run);
    assertThat(ledger.runs("", 10)).containsExactly(run);
    assertThatThrownBy(() -> kept.add(List.of(folder.shown())))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("is in the ledger");
    for (String none : List.of("20251101-000000-aaaa", "../x", "")) {
      assertThatThrownBy(() -> kept.add(List.of(none)))
          .isInstanceOf(LockstepException.class)
          .hasMessageContaining("there is no run '" + none + "'");
    }
    folder.write(KeptRow.FILE, "{\"runId\": ", hadoop);
    assertThatThrownBy(() -> kept.add(List.of(folder.runId())))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("is not the row of a run");
  }

  @Test
  void runs_are_chosen_by_a_condition_and_named_by_their_beginning(@TempDir Path directory) {
    Ledger ledger = new Ledger(spark, directory.resolve("ledger").toString());
    assertThatThrownBy(() -> ledger.find("latest"))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("there is no ledger at");
    ledger.append(run("20261101-000000-aaaa", "2026-11-01T00:00:00Z", 0.7));
    ledger.append(run("20261102-000000-bbbb", "2026-11-02T00:00:00Z", 0.9));
    assertThat(ledger.runs("metrics['mlp']['auc'] > 0.8 AND data.source.version = 3", 10))
        .extracting(RunRecord::runId)
        .containsExactly("20261102-000000-bbbb");
    assertThat(ledger.find("latest").runId()).isEqualTo("20261102-000000-bbbb");
    assertThat(ledger.find("20261101").runId()).isEqualTo("20261101-000000-aaaa");
    assertThatThrownBy(() -> ledger.find("2026"))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("several runs begin with '2026'");
    assertThatThrownBy(() -> ledger.find("20261102-000000-bbbc"))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("Did you mean '20261102-000000-bbbb'?");
    assertThatThrownBy(() -> ledger.runs("metric > 1", 10))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("--where is not a condition");
    assertThatThrownBy(() -> ledger.runs("worldSize / (lanes - lanes) > 1", 10))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("--where is not a condition");
  }
}
