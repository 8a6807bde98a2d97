package dev.lockstep.evaluation.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.data.SparkExtension;
import dev.lockstep.evaluation.Lockstep;
import dev.lockstep.evaluation.ledger.Ledger;
import dev.lockstep.evaluation.ledger.LedgerRows;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Commands that only look at tables, in a JVM of their own as a person starts them. */
@ExtendWith(SparkExtension.class)
class QuickCommandsTest {
  private static final String SESSION = "org.apache.spark.SparkContext";

  @TempDir Path directory;

  private ChildJvm lockstep(String... words) throws Exception {
    return ChildJvm.run(directory, Lockstep.class, List.of(words));
  }

  /** Runs a command as it is and with a property of Spark, which has Spark started. */
  private ChildJvm assertSame(String... words) throws Exception {
    ChildJvm quick = lockstep(words);
    assertThat(quick.loaded()).as(quick.err()).doesNotContain(SESSION);
    List<String> more = new ArrayList<>(List.of(words));
    more.addAll(List.of("--conf", "spark.app.name=slow"));
    ChildJvm slow = lockstep(more.toArray(String[]::new));
    assertThat(slow.loaded()).contains(SESSION);
    assertThat(quick.out()).isEqualTo(slow.out());
    assertThat(quick.err()).isEqualTo(slow.err());
    assertThat(quick.code()).isEqualTo(slow.code());
    return quick;
  }

  @Test
  void history_starts_no_spark_and_says_the_same(SparkSession spark) throws Exception {
    String path = directory.resolve("table").toString();
    spark.range(10).write().format("delta").save(path);
    spark.sql("DELETE FROM delta.`%s` WHERE id < 3".formatted(path));
    ChildJvm history = assertSame("history", path);
    assertThat(history.code()).isZero();
    assertThat(history.out()).contains("DELETE", "WRITE");
    assertThat(lockstep("history", path, "--json").out())
        .startsWith("[{")
        .contains("numOutputRows");
  }

  @Test
  void runs_start_no_spark_and_say_the_same(SparkSession spark) throws Exception {
    String path = directory.resolve("ledger").toString();
    ChildJvm nothing = lockstep("runs", "--ledger", path);
    assertThat(nothing.code()).isEqualTo(1);
    assertThat(nothing.err()).startsWith("lockstep: there is no ledger at " + path);
    assertThat(nothing.loaded()).doesNotContain(SESSION);
    LedgerRows.append(new Ledger(spark, path), "20261101-000000-aaaa", "20261102-000000-bbbb");
    ChildJvm runs = assertSame("runs", "--ledger", path);
    assertThat(runs.code()).isZero();
    assertThat(runs.out()).contains("20261101-000000-aaaa", "20261102-000000-bbbb");
    for (String[] words :
        new String[][] {
          {"show", "latest", "--ledger", path, "--json"},
          {"diff", "20261101", "latest", "--ledger", path},
          {"board", "--ledger", path, "--json"}
        }) {
      ChildJvm child = lockstep(words);
      assertThat(child.code()).as(child.err()).isZero();
      assertThat(child.out())
          .contains(words[0].equals("board") ? "\"runs\":2" : "20261102-000000-bbbb");
      assertThat(child.loaded()).doesNotContain(SESSION);
    }
    assertThat(directory.resolve("board.html")).content().contains("20261102-000000-bbbb");
  }
}
