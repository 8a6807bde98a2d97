package dev.lockstep.evaluation.result;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.data.Task;
import dev.lockstep.evaluation.result.ModelResult.Kind;
import dev.lockstep.evaluation.uncertainty.Contrast;
import dev.lockstep.evaluation.uncertainty.Contrasts;
import dev.lockstep.evaluation.uncertainty.Evidence;
import dev.lockstep.evaluation.uncertainty.Interval;
import dev.lockstep.evaluation.uncertainty.Units;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChosenModelTest {
  private static ModelResult model(String name, Kind kind, double validation) {
    return new ModelResult(
        name,
        kind,
        Map.of("auc", 0.8),
        Map.of(),
        List.of(Map.of("auc", 0.8)),
        validation,
        1,
        1,
        new Cost(0, 1, 1, 1),
        Map.of(),
        Optional.empty(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        Optional.empty(),
        List.of());
  }

  private static Contrast contrast(String first, String second, double gain, double p) {
    Evidence evidence = new Evidence(new Interval(gain, gain, 0.95), 1, 1, p, p, 1);
    return new Contrast(
        first, second, gain, Optional.of(evidence), Optional.empty(), Optional.empty());
  }

  private static ChosenModel chosen(List<ModelResult> models, Contrast... pairs) {
    return result(Optional.empty(), models, pairs).chosen();
  }

  private static String recommended(List<ModelResult> models, Contrast... pairs) {
    return result(Optional.empty(), models, pairs).recommendation();
  }

  private static ComparisonResult result(
      Optional<String> tooFew, List<ModelResult> models, Contrast... pairs) {
    return new ComparisonResult(
        "run",
        "2026-01-01T00:00:00Z",
        "table",
        0,
        "2026-01-01T00:00:00Z",
        Task.BINARY,
        "label",
        Map.of("test", 100L),
        models,
        1,
        "",
        0,
        List.of(0L),
        new Contrasts("auc", Units.Kind.row, 100, tooFew, List.of(pairs)),
        "auc",
        Map.of(),
        List.of(),
        null,
        "report.html",
        1,
        "command",
        List.of(),
        Map.of(),
        "");
  }

  private static final ModelResult MLP = model("mlp", Kind.network, 0.81);
  private static final ModelResult TABM = model("tabm", Kind.network, 0.79);
  private static final ModelResult GBT = model("gbt", Kind.baseline, 0.80);
  private static final ModelResult BOTH = model("ensemble", Kind.ensemble, 0.82);

  @Test
  void what_is_shown_on_the_test_split_decides() {
    assertThat(chosen(List.of(MLP, GBT), contrast("mlp", "gbt", 0.01, 0.01)))
        .isEqualTo(new ChosenModel("mlp", "it beats gbt"));
    assertThat(chosen(List.of(MLP, TABM, GBT), contrast("mlp", "gbt", -0.01, 0.01)))
        .isEqualTo(new ChosenModel("gbt", "it beats mlp"));
  }

  @Test
  void where_nothing_is_shown_the_validation_split_decides() {
    ChosenModel network = chosen(List.of(MLP, GBT), contrast("mlp", "gbt", -0.01, 0.2));
    assertThat(network.model()).isEqualTo("mlp");
    assertThat(network.reason()).contains("no difference between it and gbt", "validation");
    assertThat(chosen(List.of(TABM, GBT), contrast("tabm", "gbt", 0.01, 0.2)).model())
        .isEqualTo("gbt");
  }

  @Test
  void without_validation_rows_it_is_the_first_network_unless_something_is_shown() {
    ModelResult network = model("mlp", Kind.network, Double.NaN);
    ModelResult trees = model("gbt", Kind.baseline, Double.NaN);
    assertThat(chosen(List.of(network, trees), contrast("mlp", "gbt", -0.01, 0.2)).model())
        .isEqualTo("mlp");
    assertThat(chosen(List.of(network, trees), contrast("mlp", "gbt", -0.01, 0.01)).model())
        .isEqualTo("gbt");
    assertThat(chosen(List.of(MLP)).model()).isEqualTo("mlp");
  }

  @Test
  void the_ensemble_is_chosen_where_it_is_shown_to_be_better_than_the_better_one() {
    List<ModelResult> all = List.of(MLP, GBT, BOTH);
    Contrast two = contrast("mlp", "gbt", -0.01, 0.01);
    assertThat(
            chosen(
                all,
                two,
                contrast("mlp", "ensemble", -0.02, 0.01),
                contrast("gbt", "ensemble", -0.01, 0.01)))
        .isEqualTo(new ChosenModel("ensemble", "it beats gbt alone"));
    assertThat(
            chosen(
                    all,
                    two,
                    contrast("mlp", "ensemble", -0.02, 0.01),
                    contrast("gbt", "ensemble", -0.01, 0.2))
                .model())
        .isEqualTo("gbt");
  }

  @Test
  void the_recommendation_says_what_to_use_and_why() {
    ModelResult constant = model("constant", Kind.baseline, 0.5);
    assertThat(recommended(List.of(MLP, GBT), contrast("mlp", "gbt", 0.01, 0.01)))
        .isEqualTo("Use mlp: it beats gbt; training takes 1.0 s, and 1.0 s for gbt.");
    assertThat(recommended(List.of(MLP, GBT), contrast("mlp", "gbt", -0.01, 0.2)))
        .startsWith("Use mlp: no difference between it and gbt is shown, ");
    assertThat(
            recommended(
                List.of(MLP, GBT, constant),
                contrast("mlp", "gbt", 0.01, 0.2),
                contrast("mlp", "constant", 0.01, 0.2)))
        .startsWith("Use none of these models yet");
    assertThat(recommended(List.of(MLP))).startsWith("Compare mlp with a baseline");
    assertThat(
            result(Optional.of("the test split has 1 row of class b"), List.of(MLP, GBT))
                .recommendation())
        .isEqualTo("Do not decide yet: the test split has 1 row of class b.");
  }
}
