package dev.lockstep.evaluation.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.data.snapshot.PinnedTable;
import dev.lockstep.evaluation.provenance.Change;
import dev.lockstep.evaluation.provenance.Environment;
import dev.lockstep.evaluation.provenance.RunData;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunDiffTest {
  private static final RunRecord ONE = LedgerTest.run("one", "2026-11-01T00:00:00Z", 0.5);

  private static RunRecord other(String experiment, Environment environment, RunData data) {
    return new RunRecord(
        "two",
        "2026-11-02T00:00:00Z",
        ONE.command(),
        ONE.kind(),
        ONE.status(),
        "",
        experiment,
        ONE.overrides(),
        ONE.task(),
        ONE.label(),
        data,
        ONE.seeds(),
        ONE.worldSize(),
        ONE.lanes(),
        environment,
        ONE.metrics(),
        ONE.weightsSha256(),
        ONE.trees(),
        "/runs/two");
  }

  @Test
  void runs_that_differ_in_id_and_time_alone_do_not_differ() {
    assertThat(RunDiff.of(ONE, other(ONE.experiment(), ONE.environment(), ONE.data())).isEmpty())
        .isTrue();
  }

  @Test
  void the_experiment_is_compared_line_by_line() {
    RunDiff diff =
        RunDiff.of(ONE, other("table: people # naïve\nseed: 2\n", ONE.environment(), ONE.data()));
    assertThat(diff.experiment()).containsExactly(" table: people # naïve", "-seed: 1", "+seed: 2");
    assertThat(diff.code()).isEmpty();
  }

  @Test
  void a_library_is_named_with_both_versions() {
    Environment was = ONE.environment();
    Environment is =
        new Environment(
            Map.of("Spark", "4.2.0", "New", "1"), was.code(), "AVX512", was.processor(), "yarn");
    assertThat(RunDiff.of(ONE, other(ONE.experiment(), is, ONE.data())).code())
        .extracting(Change::toString)
        .containsExactly(
            "New was none and is 1",
            "Spark was 4.1.0 and is 4.2.0",
            "CPU capability was AVX2 and is AVX512");
  }

  @Test
  void data_and_result_are_compared() {
    PinnedTable source = ONE.data().source();
    RunData data =
        new RunData(
            new PinnedTable(source.table(), source.location(), "id-2", 4, "later", "6d"),
            java.util.Optional.empty(),
            Map.of("train", 80L, "validation", 15L, "test", 15L),
            "fe",
            "f2");
    assertThat(RunDiff.of(ONE, other(ONE.experiment(), ONE.environment(), data)).data())
        .extracting(Change::what)
        .containsExactly("table id", "version", "commit time", "schema", "rows of train");
    assertThat(RunDiff.of(ONE, LedgerTest.run("two", "", 0.75)).result())
        .isEqualTo(List.of(new Change("mlp auc", "0.5", "0.75")));
  }
}
