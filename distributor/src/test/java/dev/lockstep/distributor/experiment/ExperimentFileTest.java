package dev.lockstep.distributor.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Task;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
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
    int last = (int) WHOLE.lines().count() + 1;
    refused(
        WHOLE + "lable: x\n",
        "x.yaml line %d: unknown key 'lable'".formatted(last),
        "Did you mean 'label'?");
    refused(
        WHOLE.replaceFirst("(?m)^models?:.*\n", "") + "models:\n  - mlp\n  - {name: mpl}\n",
        "x.yaml line %d: ".formatted(last + 1),
        "mpl");
    refused(
        WHOLE.replaceFirst("(?m)^seeds?:.*\n", "") + "seeds: [1,\n  two]\n",
        "'seeds.1' must be a whole number, but is 'two'");
    refused(
        WHOLE.replace("learningRate", "learningrate"),
        "unknown key 'training.learningrate'",
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
    refused(WHOLE + "tuning: {trials: 0}", "tuning.trials must be from 1");
    refused(WHOLE + "tuning: {}", "tuning needs a budget");
    refused("a: [1\n", "is not valid YAML");
    refused(WHOLE + "seed: 6\n", "seed");
  }

  private static Experiment with(String key, String line) {
    return ExperimentFile.parse(WHOLE.replaceFirst("(?m)^" + key + ":.*\n", line + "\n"), "x.yaml");
  }

  @Test
  void a_text_keeps_what_was_written() {
    for (String text : List.of("no", "yes", "on", "01", "010", "1.10", "1_000", "0x1F", "12:30")) {
      assertThat(with("label", "label: " + text).data().label()).isEqualTo(text);
      assertThat(with("seed", "positive: " + text).data().positive()).isEqualTo(text);
      assertThat(with("key", "key: " + text).data().key()).containsExactly(text);
      assertThat(with("key", "features: {exclude: [" + text + "]}").data().features().exclude())
          .containsExactly(text);
    }
    assertThat(with("key", "features: {hashed: {no: 12}}").data().features().hashed())
        .isEqualTo(Map.of("no", 12));
    assertThat(with("key", "features: {dates: [no, 01]}").data().features().dates())
        .containsExactly("no", "01");
    assertThat(with("seed", "positive: \"null\"").data().positive()).isEqualTo("null");
  }

  @Test
  void a_whole_number_is_never_cut_off_or_read_to_another_base() {
    refused(WHOLE.replace("version: 3", "version: 1.9"), "'version' must be a whole number", "1.9");
    refused(WHOLE.replace("version: 3", "version: 010"), "'version' must be a whole number", "010");
    refused(WHOLE.replace("version: 3", "version: 0x10"), "'version' must be a whole number");
    refused(WHOLE.replace("version: 3", "version: 1:30"), "'version' must be a whole number");
    refused(WHOLE.replace("version: 3", "version: [3]"), "'version'", "but is a list");
    refused(WHOLE.replace("ranks: 2", "ranks: 1.5"), "'training.ranks' must be a whole number");
    refused(WHOLE.replace("ranks: 2", "ranks: 3e9"), "'training.ranks'", "2147483647");
    refused(WHOLE.replace("ranks: 2", "ranks: 1e999999999"), "'training.ranks'");
    refused(WHOLE.replace("seed: 5", "seed: 5.5"), "'seed' must be a whole number");
    refused(WHOLE.replace("seed: 5", "seeds: [1, 2.5]"), "'seeds.1' must be a whole number");
    refused(WHOLE + "tuning: {trials: 2.5}", "'tuning.trials' must be a whole number");
    refused(
        WHOLE.replace("hidden: [8, 8]", "training: {ranks: 1.5}"),
        "model mlp: 'training.ranks' must be a whole number");
    assertThat(with("version", "version: 1_000").data().version()).isEqualTo(1000);
    assertThat(with("version", "version: 2.0").data().version()).isEqualTo(2);
    assertThat(with("seed", "seeds: 3").seeds()).containsExactly(3L);
  }

  @Test
  void a_number_is_finite_and_in_its_range() {
    for (String text : List.of(".nan", ".NaN", ".inf", "-.inf", "1e400")) {
      refused(
          WHOLE.replace("learningRate: 0.01", "learningRate: " + text),
          "'training.learningRate' must be a finite number");
      refused(WHOLE + "tuning: {minutes: " + text + "}", "'tuning.minutes'");
      refused(WHOLE + "split: {test: " + text + "}", "'split.test'");
      refused(
          WHOLE.replace("ranks: 2", "checkpoint: {everySeconds: " + text + "}"),
          "'training.checkpoint.everySeconds'");
    }
    refused(WHOLE.replace("0.01", "fast"), "'training.learningRate' must be a number", "'fast'");
    refused(WHOLE.replace("0.01", "0,5"), "training");
    refused(WHOLE.replace("0.01", "-1"), "training.learningRate must be above 0");
    assertThat(with("training", "training: {learningRate: 1e-3}").training().learningRate())
        .isEqualTo(1e-3);
  }

  @Test
  void lists_have_no_empty_items_and_one_value_is_a_list_of_one() {
    refused(
        WHOLE + "features:\n  numeric:\n    - x\n    -\n", "item 2 of 'features.numeric' is empty");
    refused(WHOLE + "features: {exclude: [~]}", "item 1 of 'features.exclude' is empty");
    refused(WHOLE + "features: {hashed: {user: }}", "'features.hashed.user' is empty");
    refused(WHOLE.replace("seed: 5", "seeds: [1, null]"), "item 2 of 'seeds' is empty");
    refused(WHOLE + "features: {numeric: {a: b}}", "'features.numeric' must be a text");
    assertThat(with("seed", "features: {exclude: x}").data().features().exclude())
        .containsExactly("x");
    assertThat(with("baselines", "baselines: gbt").baselines()).hasSize(1);
  }

  @Test
  void a_key_without_a_value_says_nothing() {
    Experiment experiment =
        ExperimentFile.parse(
            WHOLE.replaceFirst("training:.*", "training:") + "output:\nweight:\nwhere: null\n",
            "x.yaml");
    assertThat(experiment.output()).isEqualTo("lockstep-runs");
    assertThat(experiment.data().weight()).isNull();
    assertThat(experiment.data().where()).isNull();
    assertThat(experiment.training().ranks()).isNull();
    refused(WHOLE + "output: ' '\n", "'output' is empty");
    refused(WHOLE + "tuning:\n", "tuning needs a budget");
    refused(WHOLE.replace("label: left", "label:"), "'label' is missing");
  }

  @Test
  void what_excludes_each_other_is_refused() {
    refused(WHOLE + "models: [linear]\n", "'model' for one model or 'models' for several");
    refused(WHOLE + "label: right\n", "'label' is there twice", "line 10");
    refused(WHOLE.replace("seed: 5", "seed: &a 5\noutput: *a"), "alias");
    refused(WHOLE + "---\n" + WHOLE, "second document");
  }

  @Test
  void unknown_keys_of_every_section_are_named_with_the_nearest() {
    refused(WHOLE + "tuning: {trial: 3}", "unknown key 'tuning.trial'", "Did you mean 'trials'?");
    refused(WHOLE + "split: {vaildation: 0.1}", "'split.vaildation'", "'validation'?");
    refused(WHOLE + "features: {exclud: [x]}", "'features.exclud'", "'exclude'?");
    refused(
        WHOLE.replace("ranks: 2", "checkpoint: {dir: x}"),
        "unknown key 'training.checkpoint.dir'",
        "'directory'?");
    refused(
        WHOLE.replace("hidden: [8, 8]", "training: {rank: 1}"),
        "unknown key 'training.rank'",
        "'ranks'?");
    refused(
        WHOLE.replace("name: mlp", "name: resnt"),
        "unknown model 'resnt'",
        "Did you mean 'resnet'?");
    refused(WHOLE.replaceFirst("(?m)^training:.*", "training: 5"), "'training' must be keys");
  }

  @Test
  void sharded_is_another_word_for_sharding() {
    String file = WHOLE.replaceFirst("(?m)^training:.*", "training: {%s}");
    for (String[] words :
        new String[][] {
          {"sharded: true", "OPTIMIZER"}, {"sharded: no", "NONE"}, {"sharding: full", "FULL"}
        }) {
      Experiment read = ExperimentFile.parse(file.formatted(words[0]), "x.yaml");
      assertThat(read.training().sharding()).hasToString(words[1].toLowerCase(Locale.ROOT));
    }
    refused(file.formatted("sharded: true, sharding: full"), "two words for one thing", "one");
    refused(file.formatted("sharding: fulll"), "one of none, optimizer, full", "'full'?");
  }

  @Test
  void no_message_names_a_class() {
    for (String line :
        List.of(
            "training: {optimizer: adam}",
            "training: {sharded: maybe}",
            "training: [1]",
            "training: {loss: [1]}",
            "training: {checkpoint: x}",
            "tuning: x",
            "model: 5",
            "model: [[mlp]]",
            "models: {hidden: [3]}",
            "label: {a: b}",
            "features: [x]",
            "features: {hashed: [x]}",
            "split: {stratify: perhaps}",
            "onBadRow: [drop]",
            "baselines: {gbt: {}}",
            "seed: {a: 1}",
            "output: [x]")) {
      String key = line.substring(0, line.indexOf(':'));
      assertThatThrownBy(
              () ->
                  ExperimentFile.parse(
                      WHOLE
                              .replaceFirst(
                                  "(?m)^models?:.*\n", key.startsWith("model") ? "" : "$0")
                              .replaceFirst("(?m)^" + key + ":.*\n", "")
                          + line,
                      "x.yaml"))
          .isInstanceOf(LockstepException.class)
          .message()
          .matches("(?s)x\\.yaml( line [0-9]+)?: .*")
          .contains(key.equals("models") ? "name" : key.equals("model") ? "" : key)
          .doesNotContainPattern("[a-z]\\.[a-z]+\\.[A-Z]|Exception|Spec|Map|List|class |\\$");
    }
    refused(
        WHOLE.replace("learningRate: 0.01", "optimizer: adam"),
        "'training.optimizer' must be one of adamw, sgd, but is 'adam'");
  }

  @Test
  void a_metric_that_the_task_has_not_is_refused_when_the_file_is_read() {
    String regression = WHOLE.replace("task: binary", "task: regression");
    String training = "training: {ranks: 2, metric: accuracy}";
    refused(
        regression.replaceFirst("training:.*", training),
        "training.metric is accuracy",
        "regression");
    refused(
        regression.replace("hidden: [8, 8]", "training: {metric: accuracy}"),
        "training.metric is accuracy");
    assertThat(ExperimentFile.parse(WHOLE.replaceFirst("training:.*", training), "x.yaml"))
        .isNotNull();
  }

  @Test
  void a_network_s_own_training_is_checked_together_with_the_experiment_s() {
    String own = WHOLE.replace("hidden: [8, 8]", "training: {lanes: 1}");
    Experiment one =
        ExperimentFile.parse(own.replaceFirst("training: .ranks: 2", "training: {ranks: 1"), "x");
    assertThat(one.networks().get(0).training().parallelism().lanes()).isEqualTo(1);
    String wide = WHOLE.replace("hidden: [8, 8]", "training: {ranks: 100}");
    Experiment many = ExperimentFile.parse(wide.replace("{ranks: 2", "{ranks: 2, lanes: 128"), "x");
    assertThat(many.networks().get(0).training().parallelism().ranks()).isEqualTo(100);
    refused(own, "x.yaml line 6: ", "training.ranks is 2 but training.lanes is 1");
    refused(wide, "training.ranks is 100 but training.lanes is 64");
  }

  @Test
  void another_number_of_ranks_is_refused_as_the_file_s_own() {
    Experiment experiment = ExperimentFile.parse(WHOLE, "x.yaml");
    for (int ranks : new int[] {0, -1, 99}) {
      assertThatThrownBy(() -> experiment.withRanks(ranks))
          .isInstanceOf(LockstepException.class)
          .hasMessageContaining("training.ranks")
          .hasMessageContaining(String.valueOf(ranks));
      refused(WHOLE.replace("ranks: 2", "ranks: " + ranks), "training.ranks");
    }
    assertThat(experiment.withRanks(3).training().ranks()).isEqualTo(3);
  }

  @Test
  void a_file_that_is_not_there_is_named() {
    assertThatThrownBy(() -> ExperimentFile.read(Path.of("nowhere.yaml")))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("no experiment file nowhere.yaml");
  }
}
