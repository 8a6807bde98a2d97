package dev.lockstep.evaluation.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.SparkExtension;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class LedgerTest {
  private static final int WRITERS = 8;
  private static final int RUNS_EACH = 25;

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
  }
}
