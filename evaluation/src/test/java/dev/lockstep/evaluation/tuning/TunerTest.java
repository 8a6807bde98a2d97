package dev.lockstep.evaluation.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Task;
import dev.lockstep.data.features.LabelLayout;
import dev.lockstep.distributor.experiment.TuningSpec;
import dev.lockstep.distributor.spec.Network;
import dev.lockstep.distributor.spec.TrainingOptions;
import dev.lockstep.evaluation.baselines.BaselineFamily;
import dev.lockstep.evaluation.metrics.MainMetric;
import dev.lockstep.models.EstimatorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TunerTest {
  private static final EstimatorSpec LINEAR = new EstimatorSpec("linear", Map.of());
  private static final SearchSpace SPACE =
      SearchSpace.ofBaseline(
          LINEAR,
          BaselineFamily.named("linear")
              .tunedOptions(new LabelLayout(Task.BINARY, List.of("no", "yes"), 0, 1)));
  private static final MainMetric RMSE = new MainMetric("rmse");

  private static Tuner tuner(Integer trials, Double minutes) {
    return new Tuner(new TuningSpec(trials, minutes, null), RMSE, 3);
  }

  private static double penalty(int number, EstimatorSpec spec) {
    return penalty(spec);
  }

  private static double penalty(EstimatorSpec spec) {
    return ((Number) spec.options().getOrDefault("penalty", 1.0)).doubleValue();
  }

  @Test
  void the_best_trial_wins_and_all_are_told() {
    Tuner.Tuned tuned =
        tuner(12, null).tune(LINEAR, SPACE, List.of(), TunerTest::penalty, (trial, all) -> {});
    assertThat(tuned.trials()).hasSize(12);
    assertThat(tuned.trials().get(0).changed()).isEmpty();
    double least = tuned.trials().stream().mapToDouble(Trial::score).min().orElseThrow();
    assertThat(penalty(tuned.best())).isEqualTo(least).isLessThan(1);
  }

  @Test
  void the_same_seed_draws_the_same_options() {
    SearchSpace space = SPACE;
    List<Double> once =
        scores(
            tuner(5, null).tune(LINEAR, space, List.of(), TunerTest::penalty, (trial, all) -> {}));
    assertThat(
            scores(
                tuner(5, null)
                    .tune(LINEAR, space, List.of(), TunerTest::penalty, (trial, all) -> {})))
        .isEqualTo(once);
    assertThat(once).doesNotHaveDuplicates();
  }

  private static List<Double> scores(Tuner.Tuned tuned) {
    return tuned.trials().stream().map(Trial::score).toList();
  }

  @Test
  void a_search_that_was_cut_off_goes_on_where_it_was() {
    List<Trial> whole =
        tuner(6, null)
            .tune(LINEAR, SPACE, List.of(), TunerTest::penalty, (trial, all) -> {})
            .trials();
    List<Integer> kept = new ArrayList<>();
    List<Double> judged = new ArrayList<>();
    Tuner.Tuned rest =
        tuner(6, null)
            .tune(
                LINEAR,
                SPACE,
                whole.subList(0, 4),
                (number, spec) -> {
                  judged.add(penalty(spec));
                  return penalty(spec);
                },
                (trial, all) -> kept.add(all.size()));
    assertThat(judged).containsExactly(whole.get(4).score(), whole.get(5).score());
    assertThat(kept).containsExactly(5, 6);
    assertThat(scores(rest)).isEqualTo(whole.stream().map(Trial::score).toList());
    assertThat(rest.trials())
        .extracting(Trial::changed)
        .isEqualTo(whole.stream().map(Trial::changed).toList());
    assertThat(rest.best())
        .isEqualTo(
            tuner(6, null)
                .tune(LINEAR, SPACE, List.of(), TunerTest::penalty, (trial, all) -> {})
                .best());
  }

  @Test
  void a_trial_that_failed_before_the_cut_is_repeated_and_no_other_one_is() {
    List<Trial> whole =
        tuner(4, null)
            .tune(LINEAR, SPACE, List.of(), TunerTest::penalty, (trial, all) -> {})
            .trials();
    List<Trial> before = new ArrayList<>(whole.subList(0, 3));
    Trial second = whole.get(1);
    before.set(
        1, new Trial(2, second.changed(), Double.NaN, 3600, Optional.of("2 ranks need 2 slots")));
    List<Integer> made = new ArrayList<>();
    List<Integer> kept = new ArrayList<>();
    Tuner.Tuned rest =
        tuner(4, null)
            .tune(
                LINEAR,
                SPACE,
                before,
                TunerTest::penalty,
                (trial, all) -> {
                  made.add(trial.number());
                  kept.add(all.size());
                });
    assertThat(made).containsExactly(2, 4);
    assertThat(kept).containsExactly(3, 4);
    assertThat(scores(rest)).isEqualTo(scores(new Tuner.Tuned(LINEAR, whole)));
    // However long the trials took, those after the one that failed stay.
    Tuner.Tuned timed =
        tuner(null, 1e-9).tune(LINEAR, SPACE, before, TunerTest::penalty, (trial, all) -> {});
    assertThat(scores(timed)).isEqualTo(scores(new Tuner.Tuned(LINEAR, whole.subList(0, 3))));
  }

  @Test
  void the_options_of_a_model_that_is_judged_come_from_its_trials() {
    Tuner.Tuned tuned =
        tuner(6, null).tune(LINEAR, SPACE, List.of(), TunerTest::penalty, (trial, all) -> {});
    assertThat(tuner(null, 60.0).chosen(LINEAR, SPACE, tuned.trials())).isEqualTo(tuned);
  }

  @Test
  void the_minutes_of_trials_before_the_cut_count() {
    Trial before = new Trial(1, Map.of(), 5, 3600, Optional.empty());
    Tuner.Tuned tuned =
        tuner(null, 1.0)
            .tune(LINEAR, SPACE, List.of(before), TunerTest::penalty, (trial, all) -> {});
    assertThat(tuned.trials()).containsExactly(before);
  }

  @Test
  void when_the_minutes_are_over_what_the_file_says_was_tried() {
    Tuner.Tuned tuned =
        tuner(null, 1e-9).tune(LINEAR, SPACE, List.of(), TunerTest::penalty, (trial, all) -> {});
    assertThat(tuned.trials()).hasSize(1);
    assertThat(tuned.best()).isEqualTo(LINEAR);
  }

  @Test
  void a_trial_that_fails_counts_and_does_not_win() {
    Tuner.Tuned tuned =
        tuner(3, null)
            .tune(
                LINEAR,
                SPACE,
                List.of(),
                (number, spec) -> {
                  if (!spec.options().isEmpty()) {
                    throw new LockstepException("the loss is NaN", "Lower the rate");
                  }
                  return 5;
                },
                (trial, all) -> {});
    assertThat(tuned.best()).isEqualTo(LINEAR);
    assertThat(tuned.trials().get(2).failure().orElseThrow()).contains("NaN");
    assertThatThrownBy(
            () ->
                tuner(3, null)
                    .tune(
                        LINEAR,
                        SPACE,
                        List.of(),
                        (number, spec) -> {
                          throw new LockstepException("no", "yes");
                        },
                        (trial, all) -> {}))
        .isInstanceOf(LockstepException.class);
  }

  @Test
  void what_the_file_says_is_not_varied() {
    EstimatorSpec given =
        new EstimatorSpec(
            "mlp", Map.of("hidden", List.of(7), "training", Map.of("learningRate", 0.5)));
    TrainingOptions file = TrainingOptions.empty();
    SearchSpace space = SearchSpace.ofNetwork(given, file, Network.of(given, file).training());
    EstimatorSpec drawn = space.with(space.draw(1));
    assertThat(drawn.options().get("hidden")).isEqualTo(List.of(7));
    assertThat(drawn.options()).containsKeys("dropout", "embedding");
    TrainingOptions whole = Network.of(drawn, file).training().options();
    assertThat(whole.learningRate()).isEqualTo(0.5);
    assertThat(whole.weightDecay()).isNotEqualTo(1e-4).isBetween(1e-4 / 31, 31e-4);
  }
}
