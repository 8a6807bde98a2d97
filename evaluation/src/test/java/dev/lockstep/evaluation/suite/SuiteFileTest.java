package dev.lockstep.evaluation.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.data.LockstepException;
import dev.lockstep.distributor.experiment.Experiment;
import dev.lockstep.distributor.experiment.ExperimentFile;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SuiteFileTest {
  private static final String TWO =
      """
      output: here
      experiment:
        task: binary
        model: {name: mlp, hidden: [16, 8], "a key": "1"}
        baselines: [linear]
        training: {ranks: 2, epochs: 5}
        seeds: [1, 2]
      tables:
        - {name: one, table: t/one, label: no, positive: "yes", version: 3}
        - name: two
          table: t/two
          label: "010"
          training: {epochs: 7}
          split: {validation: 0.1, test: 0.3}
      """;

  private static Suite two() {
    return SuiteFile.parse(TWO, "two.yaml");
  }

  @Test
  void what_a_table_says_wins_over_what_all_share() {
    Experiment one = two().tables().get(0).experiment();
    Experiment other = two().tables().get(1).experiment();
    assertThat(two().output()).isEqualTo("here");
    assertThat(one.data().label()).isEqualTo("no");
    assertThat(one.data().positive()).isEqualTo("yes");
    assertThat(one.data().version()).isEqualTo(3);
    assertThat(other.data().label()).isEqualTo("010");
    assertThat(one.training().epochs()).isEqualTo(5);
    assertThat(other.training().epochs()).isEqualTo(7);
    assertThat(other.training().ranks()).isEqualTo(2);
    assertThat(other.seeds()).containsExactly(1L, 2L);
  }

  @Test
  void an_experiments_text_is_an_experiment_file() {
    for (Suite.Table table : two().tables()) {
      Experiment experiment = table.experiment();
      Experiment again = ExperimentFile.parse(experiment.text(), "again.yaml");
      assertThat(again).isEqualTo(experiment);
      Map<String, Object> options = again.models().get(0).options();
      assertThat(options.get("a key")).isEqualTo("1");
      assertThat(options.get("hidden")).hasToString("[16, 8]");
    }
  }

  private static void refused(String from, String to, String... words) {
    assertThat(TWO).contains(from);
    assertThatThrownBy(() -> SuiteFile.parse(TWO.replace(from, to), "two.yaml"))
        .isInstanceOf(LockstepException.class)
        .message()
        .contains(words);
  }

  @Test
  void what_is_wrong_is_said_with_its_table() {
    refused("output: here", "outputs: here", "unknown key 'outputs'", "output");
    refused("version: 3", "versoin: 3", "two.yaml, table one", "versoin", "version");
    refused("name: two", "name: one", "two tables have the name 'one'");
    refused("- name: two\n    table", "- table", "'tables.1' needs a name");
    refused("training: {epochs: 7}", "models: [mlp]", "table two has 'models' of its own");
    refused("training: {epochs: 7}", "output: x", "'tables.1.output'", "one output folder");
    refused("  seeds: [1, 2]", "  output: x", "'experiment.output'", "one output folder");
    refused("experiment:", "experiment: x\nother:", "unknown key 'other'");
    assertThatThrownBy(() -> SuiteFile.parse("experiment: {model: mlp}", "no.yaml"))
        .hasMessageContaining("'tables' is missing");
    assertThatThrownBy(() -> SuiteFile.parse("tables: []", "no.yaml"))
        .hasMessageContaining("'experiment' is missing");
  }
}
