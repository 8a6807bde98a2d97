package dev.lockstep.distributor.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Task;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExperimentFileTest {
  private static final String WHOLE =
      """
      table: /data/people
      version: 3
      task: binary
      label: left
      key: id
      model: {name: mlp, hidden: [8, 8]}
      training: {ranks: 2, learningRate: 0.01, schedule: cosine}
      baselines: [gbt, {name: forest, trees: 7}]
      seed: 5
      """;

  @Test
  void a_whole_file_says_what_it_says() {
    Experiment experiment = ExperimentFile.parse(WHOLE, "x.yaml");
    assertThat(experiment.data().task()).isEqualTo(Task.BINARY);
    assertThat(experiment.data().version()).isEqualTo(3);
    assertThat(experiment.data().key()).containsExactly("id");
    assertThat(experiment.models().get(0).options()).isEqualTo(Map.of("hidden", List.of(8, 8)));
    assertThat(experiment.training().learningRate()).isEqualTo(0.01);
    assertThat(experiment.baselines().get(1).options()).isEqualTo(Map.of("trees", 7));
    assertThat(experiment.text()).isEqualTo(WHOLE);
  }

  @Test
  void several_seeds_and_a_budget_for_tuning() {
    String text = WHOLE.replace("seed: 5", "seeds: [3, 1, 2]\ntuning: {minutes: 1.5}");
    Experiment experiment = ExperimentFile.parse(text, "x.yaml");
    assertThat(experiment.seeds()).containsExactly(3L, 1L, 2L);
    assertThat(experiment.seed()).isEqualTo(3);
    assertThat(experiment.tuning().orElseThrow().mostSeconds()).isEqualTo(90);
    assertThat(ExperimentFile.parse(WHOLE, "x.yaml").seeds()).containsExactly(5L);
  }

  private static void refused(String text, String... messages) {
    for (String message : messages) {
      assertThatThrownBy(() -> ExperimentFile.parse(text, "x.yaml"))
          .isInstanceOf(LockstepException.class)
          .hasMessageContaining(message);
    }
  }

  @Test
  void an_unknown_key_is_named_with_the_nearest() {
    refused(WHOLE + "lable: x\n", "x.yaml: unknown key 'lable'", "Did you mean 'label'?");
    refused(
        WHOLE.replace("learningRate", "learningrate"),
        "unknown key 'learningrate'",
        "Did you mean 'learningRate'?");
  }

  @Test
  void what_is_missing_or_wrong_is_named() {
    refused(WHOLE.replace("label: left\n", ""), "'label' is missing");
    refused(WHOLE.replace("model: {name: mlp, hidden: [8, 8]}\n", ""), "'model' is missing");
    refused(WHOLE.replace("ranks: 2", "ranks: 0"), "training.ranks must be at least 1");
    refused(WHOLE.replace("task: binary", "task: binry"), "'task'", "binry");
    refused(WHOLE.replace("seed: 5", "seed: five"), "'seed' must be a whole number");
    refused(WHOLE + "seeds: [1, 2]", "'seed' for one seed or 'seeds' for several");
    refused(WHOLE.replace("seed: 5", "seeds: [1, 1]"), "different whole numbers");
    refused(WHOLE.replace("seed: 5", "seeds: 3"), "'seeds' must be a list");
    refused(WHOLE + "tuning: {trials: 0}", "tuning.trials must be from 1");
    refused(WHOLE + "tuning: {}", "tuning needs a budget");
    refused("a: [1\n", "is not valid YAML");
    refused(WHOLE + "seed: 6\n", "seed");
  }

  @Test
  void a_file_that_is_not_there_is_named() {
    assertThatThrownBy(() -> ExperimentFile.read(Path.of("nowhere.yaml")))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("no experiment file nowhere.yaml");
  }
}
