package dev.lockstep.distributor.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.distributor.collective.Precision;
import org.junit.jupiter.api.Test;

class CostModelTest {
  private static final Link SOFTWARE = new Link("here", 0.01, 0.001, 1_000_000);
  private static final CostModel MODEL = new CostModel(20, 1_000_000, Precision.FLOAT32);

  @Test
  void a_rank_alone_does_not_communicate() {
    assertThat(MODEL.stepMs(1, Link.onPaper(1, 1, SOFTWARE))).isEqualTo(20);
  }

  @Test
  void two_ranks_send_half_of_gradients_and_parameters_in_three_trips() {
    Link link = Link.onPaper(1, 1, SOFTWARE);
    // 3 x (0.5 + 0.001) ms, and 4 MB at 125 kB a millisecond.
    assertThat(MODEL.communicationMs(2, link)).isCloseTo(1.503 + 32, within(1e-9));
    CostModel half = new CostModel(20, 1_000_000, Precision.BFLOAT16);
    assertThat(half.communicationMs(2, link)).isCloseTo(1.503 + 24, within(1e-9));
  }

  @Test
  void no_network_on_paper_is_faster_than_the_software() {
    assertThat(Link.onPaper(100, 0.1, SOFTWARE).bytesPerMs()).isEqualTo(1_000_000);
  }

  @Test
  void the_number_of_ranks_from_which_communication_dominates_is_found() {
    assertThat(MODEL.dominatedFrom(Link.onPaper(1, 1, SOFTWARE), 1024)).hasValue(2);
    // 8 ms of bytes at most, so the trips make it: 3 x (W - 1) x 0.001 ms alone are never 12 ms.
    assertThat(MODEL.dominatedFrom(Link.onPaper(100, 0, SOFTWARE), 1024)).isEmpty();
    Link slow = new Link("slow", 0, 0.01, 1_000_000);
    assertThat(MODEL.dominatedFrom(slow, 1024)).hasValue(512);
  }
}
