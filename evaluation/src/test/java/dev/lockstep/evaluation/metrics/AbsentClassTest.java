package dev.lockstep.evaluation.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.data.Task;
import dev.lockstep.data.features.LabelLayout;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AbsentClassTest {
  private static Scores scores(LabelLayout layout, double[] label, double[]... prediction) {
    double[] weight = new double[label.length];
    java.util.Arrays.fill(weight, 1);
    return Scores.of(layout, new long[label.length], label, weight, prediction);
  }

  @Test
  void with_one_class_ranking_has_no_value_and_the_rest_has() {
    LabelLayout layout = new LabelLayout(Task.BINARY, List.of("no", "yes"), 0, 1);
    Scores scores = scores(layout, new double[] {0, 0}, new double[] {0.2, 0.4});
    Map<String, Double> metrics = TestMetrics.of(scores);
    assertThat(metrics.get("auc")).isNaN();
    assertThat(metrics.get("prAuc")).isNaN();
    assertThat(metrics.get("accuracy")).isEqualTo(1);
    assertThat(metrics.get("brier")).isCloseTo(0.1, within(1e-12));
    assertThat(scores.absentClasses()).containsExactly("yes");
  }

  @Test
  void with_equal_labels_no_share_of_their_spread_is_explained() {
    LabelLayout layout = new LabelLayout(Task.REGRESSION, List.of(), 0, 1);
    Map<String, Double> metrics =
        TestMetrics.of(scores(layout, new double[] {3, 3}, new double[] {2, 3}));
    assertThat(metrics.get("r2")).isNaN();
    assertThat(metrics.get("mae")).isEqualTo(0.5);
  }

  @Test
  void a_class_that_no_row_has_leaves_means_over_classes_without_a_value() {
    LabelLayout layout = new LabelLayout(Task.MULTICLASS, List.of("a", "b", "c"), 0, 1);
    Map<String, Double> metrics =
        TestMetrics.of(
            scores(
                layout,
                new double[] {0, 1},
                new double[] {0.7, 0.2},
                new double[] {0.2, 0.5},
                new double[] {0.1, 0.3}));
    assertThat(metrics.get("macroAuc")).isNaN();
    assertThat(metrics.get("accuracy")).isEqualTo(1);
  }
}
