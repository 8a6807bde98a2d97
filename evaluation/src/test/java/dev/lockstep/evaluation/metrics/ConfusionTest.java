package dev.lockstep.evaluation.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.data.Task;
import dev.lockstep.data.features.LabelLayout;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ConfusionTest {
  private static final double[] LABEL = {0, 0, 0, 1, 0, 1, 1, 0};
  private static final double[] WEIGHT = {1, 1, 1, 1, 1, 1, 1, 2};
  private static final double[] YES = {0.1, 0.2, 0.3, 0.3, 0.35, 0.4, 0.6, 0.05};

  private static Scores scores(Task task, List<String> classes, double[]... prediction) {
    long[] hash = LongStream.range(0, LABEL.length).toArray();
    return Scores.of(new LabelLayout(task, classes, 0, 1), hash, LABEL, WEIGHT, prediction);
  }

  @Test
  void the_threshold_with_the_highest_f1_is_chosen_from_all_scores() {
    Scores binary = scores(Task.BINARY, List.of("no", "yes"), YES);
    // By threshold 0.6: F1 0.5; 0.4: 0.8; 0.35: 0.67; 0.3: 0.75; all: 0.5.
    assertThat(Confusion.bestThreshold(binary)).contains(0.4);
    Confusion confusion = Confusion.of(binary, Optional.of(0.3));
    assertThat(confusion.chosen()).isTrue();
    assertThat(confusion.weights()).containsExactly(List.of(4.0, 2.0), List.of(0.0, 3.0));
    assertThat(confusion.baseRate()).isEqualTo(3 / 9.0);
    assertThat(confusion.picked()).isEqualTo(5 / 9.0);
    assertThat(confusion.precision()).isEqualTo(3 / 5.0);
    assertThat(confusion.recall()).isEqualTo(1);
    assertThat(confusion.lift()).isCloseTo(9 / 5.0, within(1e-12));
  }

  @Test
  void without_validation_rows_the_threshold_is_a_half_and_nothing_chose_it() {
    Confusion confusion =
        Confusion.of(scores(Task.BINARY, List.of("no", "yes"), YES), Optional.empty());
    assertThat(confusion.threshold()).contains(0.5);
    assertThat(confusion.chosen()).isFalse();
    assertThat(confusion.weights()).containsExactly(List.of(6.0, 0.0), List.of(2.0, 1.0));
  }

  @Test
  void of_more_classes_the_likeliest_counts() {
    double[] no = {0.5, 0.2, 0.1, 0.1, 0.1, 0.1, 0.1, 0.9};
    double[] other = {0.4, 0.6, 0.6, 0.6, 0.55, 0.5, 0.3, 0.05};
    Confusion confusion =
        Confusion.of(
            scores(Task.MULTICLASS, List.of("no", "yes", "other"), no, YES, other),
            Optional.empty());
    assertThat(confusion.threshold()).isEmpty();
    assertThat(confusion.weights())
        .containsExactly(List.of(3.0, 0.0, 3.0), List.of(0.0, 1.0, 2.0), List.of(0.0, 0.0, 0.0));
  }
}
