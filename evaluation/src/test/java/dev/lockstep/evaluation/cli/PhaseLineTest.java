package dev.lockstep.evaluation.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.data.progress.Phase;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PhaseLineTest {
  private static final String DETAIL = "epoch 9/20  loss 0.31250  step 40/96";

  private static Pace at(long done, long total, int seconds) {
    return Pace.of(new Phase("training mlp", "", 0, total))
        .with(new Phase("training mlp", "", done, total))
        .after(Duration.ofSeconds(seconds));
  }

  @Test
  void at_80_columns_there_is_all_that_fits() {
    assertThat(PhaseLine.of(at(42, 100, 60), DETAIL, 79))
        .isEqualTo(
            "training mlp [========>           ]  42%  ETA 1:23  epoch 9/20  loss 0.31250  …")
        .hasSize(79);
  }

  @Test
  void at_40_columns_name_bar_share_and_time_stay() {
    assertThat(PhaseLine.of(at(42, 100, 60), DETAIL, 39))
        .isEqualTo("training mlp [===>    ]  42%  ETA 1:23…");
  }

  @Test
  void a_long_name_leaves_room_for_how_far_it_is() {
    Pace pace = Pace.of(new Phase("reading /data/warehouse/shop/customers", "", 1, 2));
    assertThat(PhaseLine.of(pace, "", 39)).isEqualTo("reading /data/warehous… [====>   ]  50%");
    assertThat(PhaseLine.of(pace, "", 20)).isEqualTo("reading /data/…  50%");
  }

  @Test
  void a_phase_of_unknown_length_says_how_long_it_takes() {
    Pace pace = Pace.of(Phase.begun("starting Spark"));
    assertThat(PhaseLine.of(pace, "", 79)).isEqualTo("starting Spark");
    assertThat(PhaseLine.of(pace.after(Duration.ofSeconds(65)), "", 79))
        .isEqualTo("starting Spark  1:05");
  }

  @Test
  void the_time_that_is_left_waits_until_the_rate_means_something() {
    assertThat(at(42, 100, 2).remaining()).isEmpty();
    assertThat(at(1, 100, 60).remaining()).isEmpty();
    assertThat(at(100, 100, 60).remaining()).isEmpty();
    assertThat(at(25, 100, 60).remaining()).contains(Duration.ofMinutes(3));
  }

  @Test
  void a_phase_that_is_resumed_has_the_rate_of_what_is_new() {
    Pace pace =
        Pace.of(new Phase("training mlp", "", 50, 100))
            .with(new Phase("training mlp", "", 75, 100))
            .after(Duration.ofSeconds(60));
    assertThat(pace.remaining()).contains(Duration.ofSeconds(60));
  }

  @Test
  void what_is_done_stays_done_though_more_work_turns_up_and_all_is_the_end() {
    Pace pace = at(999, 1000, 60).with(new Phase("training mlp", "", 999, 2000));
    assertThat(PhaseLine.of(pace, "")).startsWith("training mlp  99%");
    assertThat(PhaseLine.of(at(1, 1, 60), "")).startsWith("training mlp 100%");
  }

  @Test
  void hours_are_hours() {
    assertThat(PhaseLine.clock(Duration.ofSeconds(7))).isEqualTo("0:07");
    assertThat(PhaseLine.clock(Duration.ofSeconds(3723))).isEqualTo("1:02:03");
  }
}
