package dev.lockstep.evaluation.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.SparkExtension;
import dev.lockstep.distributor.rendezvous.RendezvousOptions;
import dev.lockstep.evaluation.comparison.ComparisonListener;
import dev.lockstep.evaluation.leaderboard.SuiteResult;
import dev.lockstep.evaluation.leaderboard.SuiteResult.TableResult;
import dev.lockstep.evaluation.ledger.Ledger;
import dev.lockstep.evaluation.report.SuitePage;
import dev.lockstep.evaluation.report.WellFormed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class SuiteRunsTest {
  @TempDir Path directory;

  private void table(SparkSession spark, String name, double slope) {
    spark
        .range(0, 200, 1, 1)
        .selectExpr("id", "sin(id * 7) x", slope + " * sin(id * 7) + cos(id * 13) value")
        .selectExpr("id", "x", "value", "if(value > 0, 'yes', 'no') bought")
        .write()
        .format("delta")
        .mode("append")
        .save(directory.resolve(name).toString());
  }

  private Suite suite(String third) {
    String text =
        """
        output: %1$s/runs
        experiment:
          model: linear
          baselines: [constant]
          key: id
          features: {numeric: [x]}
          training: {epochs: 2, learningRate: 0.05}
        tables:
          - {name: first, table: %1$s/a, task: binary, label: bought, splits: {folds: 2}}
          - {name: second, table: %1$s/b, task: regression, label: value}
          - {name: third, table: %1$s/c, task: binary, label: %2$s}
        """
            .formatted(directory, third);
    return SuiteFile.parse(text, "suite.yaml");
  }

  private SuiteResult run(SparkSession spark, String third, ComparisonListener listener) {
    Ledger ledger = new Ledger(spark, directory + "/runs/ledger");
    return new SuiteRuns(spark, RendezvousOptions.defaults(), listener, ledger)
        .run(suite(third), "suite.yaml");
  }

  private static List<String> runIds(SuiteResult result) {
    return result.tables().stream().map(TableResult::runId).toList();
  }

  @Test
  void a_suite_that_was_cut_off_goes_on_and_then_does_nothing(SparkSession spark) throws Exception {
    table(spark, "a", 3);
    table(spark, "b", 2);
    table(spark, "c", 4);
    ComparisonListener cutOff =
        new ComparisonListener() {
          @Override
          public void noted(String about, String message) {
            if (about.equals("table second")) {
              throw new IllegalStateException("cut off");
            }
          }
        };
    assertThatThrownBy(() -> run(spark, "bought", cutOff)).hasMessage("cut off");
    SuiteResult whole = run(spark, "bought", ComparisonListener.NONE);
    assertThat(whole.tables().stream().map(TableResult::reused))
        .containsExactly(true, false, false);
    assertThat(whole.tables().stream().map(TableResult::metric))
        .containsExactly("auc", "rmse", "auc");
    assertThat(whole.leaderboard().standings().get(0).name()).isEqualTo("linear");
    assertThat(whole.leaderboard().standings().get(0).meanRank()).isEqualTo(1);
    assertThat(whole.leaderboard().standings().get(1).improvability()).isPositive();
    SuiteResult again = run(spark, "bought", ComparisonListener.NONE);
    assertThat(again.tables()).allMatch(TableResult::reused);
    assertThat(runIds(again)).isEqualTo(runIds(whole));
    assertThat(again.leaderboard()).isEqualTo(whole.leaderboard());

    table(spark, "b", 2); // A version more.
    SuiteResult later = run(spark, "bought", ComparisonListener.NONE);
    assertThat(later.tables().stream().map(TableResult::reused)).containsExactly(true, false, true);

    String page = Files.readString(Path.of(later.page()));
    var document = WellFormed.page(page);
    assertThat(document.getElementsByTagName("figure").getLength()).isEqualTo(3);
    assertThat(page).contains(later.tables().get(0).runId() + "/report.html");
    assertThat(SuitePage.text(later).lines().limit(3)).allMatch(line -> line.length() <= 80);
    assertThat(SuitePage.text(later)).contains("tables   3, of which 2 were run before");
  }

  @Test
  void a_table_that_fails_is_named_and_the_others_have_their_result(SparkSession spark) {
    table(spark, "a", 3);
    table(spark, "b", 2);
    assertThatThrownBy(() -> run(spark, "bought", ComparisonListener.NONE))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("table third: ")
        .hasMessageContaining("/c");
    assertThat(directory.resolve("runs")).doesNotExist();
    table(spark, "c", 4);
    SuiteResult result = run(spark, "bougth", ComparisonListener.NONE);
    assertThat(result.tables().stream().map(TableResult::name)).containsExactly("first", "second");
    assertThat(result.failed().get("third")).contains("bougth");
    assertThat(result.verdict()).contains("No result on third.");
  }
}
