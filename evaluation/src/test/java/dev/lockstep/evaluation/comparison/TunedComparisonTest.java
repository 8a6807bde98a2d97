package dev.lockstep.evaluation.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.SparkExtension;
import dev.lockstep.data.progress.Phase;
import dev.lockstep.distributor.experiment.ExperimentFile;
import dev.lockstep.distributor.rendezvous.RendezvousOptions;
import dev.lockstep.evaluation.insight.Importance;
import dev.lockstep.evaluation.result.ComparisonResult;
import dev.lockstep.evaluation.result.ModelResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class TunedComparisonTest {
  @TempDir Path directory;
  private final List<Phase> phases = Collections.synchronizedList(new ArrayList<>());
  private final ComparisonListener recorder =
      new ComparisonListener() {
        @Override
        public void progressed(Phase phase) {
          phases.add(phase);
        }
      };

  /** The value follows x, in one group more so; noise is of no use. */
  private ComparisonResult run(SparkSession spark, String more) {
    Path table = directory.resolve("table");
    if (!Files.exists(table)) {
      spark
          .range(600)
          .selectExpr(
              "id",
              "hash(id, 'x') % 1000 / 1000.0D as x",
              "hash(id, 'noise') % 1000 / 1000.0D as noise",
              "element_at(array('up', 'down'), 1 + cast(pmod(hash(id, 'kind'), 2) as int)) as kind")
          .selectExpr("*", "if(kind = 'up', 3 * x + 1, x) + hash(id, 'e') % 100 / 1000.0D as value")
          .write()
          .format("delta")
          .save(table.toString());
    }
    String text =
        """
        table: %s
        task: regression
        label: value
        key: id
        features: {numeric: [x, noise], categorical: [kind]}
        training: {ranks: 2, epochs: 3, batch: 64}
        model: {name: mlp, hidden: [8]}
        baselines: [{name: gbt, trees: 8}, constant]
        seed: 4
        output: %s
        %s
        """
            .formatted(table, directory.resolve("runs"), more);
    return new Comparison(spark, RendezvousOptions.defaults(), recorder)
        .run(ExperimentFile.parse(text, "tuned.yaml"), "bin/lockstep compare tuned.yaml");
  }

  @Test
  void networks_and_baselines_are_tuned_by_the_same_budget(SparkSession spark) throws Exception {
    ComparisonResult result = run(spark, "tuning: {trials: 2, metric: mae}");
    ModelResult network = result.models().get(0);
    ModelResult trees = result.models().get(1);
    assertThat(network.tuning()).hasSize(2);
    assertThat(trees.tuning()).hasSize(2);
    assertThat(result.models().get(2).tuning()).as("nothing to vary").hasSize(1);
    assertThat(trees.settings().get("trees")).as("the file says so").isEqualTo(8);
    assertThat(trees.cost().tuneSeconds()).isPositive();
    assertThat(result.verdict()).contains("tuned gbt", "tuned mlp");

    List<Importance> leansOn = result.importance().get("gbt");
    assertThat(leansOn)
        .extracting(Importance::feature)
        .containsExactlyInAnyOrder("x", "noise", "kind");
    assertThat(leansOn.get(2).feature()).isEqualTo("noise");
    assertThat(leansOn.get(0).loss()).isGreaterThan(8 * Math.abs(leansOn.get(2).loss()));
    assertThat(result.slices()).anyMatch(s -> s.feature().equals("kind") && s.part().equals("up"));

    assertPhases();
    Path folder = Path.of(result.report()).getParent();
    assertThat(folder.resolve("tuning")).doesNotExist();
    assertThat(Files.readString(folder.resolve("report.md")))
        .contains(
            "**Use gbt: it beats mlp",
            "| RMSE |",
            "| trials | 2 | 2 | 1 |",
            "bin/lockstep compare tuned");
    assertThat(Files.readString(Path.of(result.report())))
        .contains("Best so far, trial by trial", "What gbt leans on", "Where each wins");
  }

  /** What came last of each phase, in the order of the phases. */
  private List<Phase> ends() {
    List<Phase> ends = new ArrayList<>();
    for (Phase phase : phases) {
      if (!ends.isEmpty() && ends.get(ends.size() - 1).name().equals(phase.name())) {
        ends.remove(ends.size() - 1);
      }
      ends.add(phase);
    }
    return ends;
  }

  private void assertPhases() {
    assertThat(ends()).allMatch(Phase::isEnded);
    assertThat(ends())
        .extracting(Phase::name)
        .containsExactly(
            "reading " + directory.resolve("table"),
            "fitting features",
            "looking at the data",
            "tuning mlp",
            "training mlp",
            "scoring with mlp",
            "tuning gbt",
            "training gbt",
            "scoring with gbt",
            "tuning constant",
            "training constant",
            "scoring with constant",
            "scoring shuffled columns with mlp",
            "importance for mlp",
            "scoring shuffled columns with gbt",
            "importance for gbt",
            "comparing models",
            "writing the report");
    assertThat(phases)
        .extracting(Phase::detail)
        .contains("trial 1 of 2", "trial 2 of 2", "trial 1 of 1");
    for (String name : List.of("tuning mlp", "training mlp", "training gbt", "fitting features")) {
      assertThat(phases)
          .as(name)
          .anyMatch(p -> p.name().equals(name) && p.share() > 0 && p.share() < 1);
    }
  }

  @Test
  void tuning_without_a_validation_split_is_refused(SparkSession spark) {
    assertThatThrownBy(() -> run(spark, "tuning: {trials: 2}\nsplit: {validation: 0, test: 0.3}"))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("tuning chooses by the validation split");
    assertThatThrownBy(() -> run(spark, "tuning: {trials: 2, metric: auc}"))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("tuning.metric is auc, which task regression does not have");
  }
}
