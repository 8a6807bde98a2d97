package dev.lockstep.distributor.rendezvous;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.data.LockstepException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is tried again, and what is not. */
@Timeout(120)
class DistributorTest {
  private static final int RANKS = 2;

  @TempDir static Path directory;
  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", false)
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            // Else the rows' shuffle would run before the ranks' job, not as a part of it.
            .config("spark.sql.adaptive.enabled", false)
            .config("spark.local.dir", directory.toString())
            .getOrCreate();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  /** Runs on rows with a column, counts how often ranks begin, and throws why they ended. */
  /** How many tasks are still to fail; tasks run in this JVM. */
  private static final AtomicInteger FAILURES = new AtomicInteger();

  private static RDD<InternalRow> rows(String column) {
    return spark.range(100).selectExpr(column).repartition(RANKS).queryExecution().toRdd();
  }

  private static void run(AtomicInteger attempts, String column, RankFunction<Integer> function) {
    run(attempts, rows(column), function);
  }

  private static void run(
      AtomicInteger attempts, RDD<InternalRow> rows, RankFunction<Integer> function) {
    JobListener counting =
        new JobListener() {
          @Override
          public void begins(int attempt) {
            attempts.incrementAndGet();
          }

          @Override
          public void report(int rank, String message) {
            spark.sparkContext().cancelAllJobs();
          }

          @Override
          public void warned(int rank, String message) {}

          @Override
          public void failed(int rank, int attempt, String cause) {}
        };
    RendezvousOptions options =
        new RendezvousOptions(Duration.ofSeconds(20), Duration.ofSeconds(8), "0", "127.0.0.1", 3);
    new Distributor(spark.sparkContext(), options, counting).run(rows, function);
  }

  @Test
  void a_word_in_a_message_is_no_reason_not_to_try_again() {
    AtomicInteger attempts = new AtomicInteger();
    assertThatThrownBy(
            () ->
                run(
                    attempts,
                    "id",
                    (rank, rows) -> {
                      throw new IllegalStateException("the column 'cancelled' broke");
                    }))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("the column 'cancelled' broke");
    assertThat(attempts).hasValue(3);
  }

  /** As if a task's machine were lost before its rank could say a word. */
  @Test
  void a_failure_of_the_ranks_stage_before_any_rank_has_begun_is_tried_again() {
    AtomicInteger attempts = new AtomicInteger();
    FAILURES.set(1);
    RDD<InternalRow> rows =
        rows("id")
            .toJavaRDD()
            .mapPartitions(
                partition -> {
                  if (FAILURES.getAndDecrement() > 0) {
                    throw new IOException("Connection closed");
                  }
                  return partition;
                })
            .rdd();
    run(attempts, rows, (rank, own) -> 1);
    assertThat(attempts).hasValue(2);
  }

  @Test
  void a_mistake_is_not_tried_again_whatever_its_words() {
    AtomicInteger attempts = new AtomicInteger();
    assertThatThrownBy(
            () ->
                run(
                    attempts,
                    "id",
                    (rank, rows) -> {
                      throw new LockstepException("barrier ResultStage", "Lost task");
                    }))
        .hasMessage("barrier ResultStage. Lost task");
    assertThat(attempts).hasValue(1);
  }

  @Test
  void an_expression_without_a_value_is_named_and_not_tried_again() {
    AtomicInteger attempts = new AtomicInteger();
    assertThatThrownBy(() -> run(attempts, "10 / (id - 7) as x", (rank, rows) -> 1))
        .isInstanceOf(LockstepException.class)
        .hasMessage(
            "the expression '10 / (id - 7)' divides by zero in some row."
                + " Write try_divide(a, b), which is null there, or leave such rows out");
    assertThatThrownBy(() -> run(attempts, "cast('x' || id as int)", (rank, rows) -> 1))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("the expression 'cast('x' || id as int)' casts 'x")
        .hasMessageContaining("to INT")
        .hasMessageContaining("try_cast");
    assertThat(attempts).hasValue(2);
  }

  @Test
  void a_job_that_a_person_cancels_is_not_tried_again() {
    AtomicInteger attempts = new AtomicInteger();
    assertThatThrownBy(
            () ->
                run(
                    attempts,
                    "id",
                    (rank, rows) -> {
                      rank.report("begun");
                      while (true) {
                        rank.checkAlive();
                        Thread.sleep(20);
                      }
                    }))
        .isNotNull();
    assertThat(attempts).hasValue(1);
  }
}
