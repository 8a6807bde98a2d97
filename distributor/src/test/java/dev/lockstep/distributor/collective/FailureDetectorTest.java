package dev.lockstep.distributor.collective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class FailureDetectorTest {
  private static final Duration LIMIT = Duration.ofMillis(400);

  private final long from = System.nanoTime();
  private final Failure failure = new Failure();
  private final FailureDetector detector =
      new FailureDetector(0, new Vitals[] {new Vitals(), new Vitals()}, failure, LIMIT);

  @Test
  void a_cause_that_was_sent_wins_over_silence_where_all_had_no_processor() throws Exception {
    detector.check(1);
    Thread.sleep(2 * LIMIT.toMillis()); // As when the machine stands still.
    detector.check(1);
    failure.lost(1, "the disk is full");
    assertThatThrownBy(() -> detector.check(1)).hasMessage("rank 1 was lost: the disk is full");
  }

  @Test
  void a_rank_that_stands_still_while_this_one_looks_hangs() throws Exception {
    RankLostException lost = null;
    while (lost == null) {
      try {
        detector.check(1);
        Thread.sleep(1);
      } catch (RankLostException e) {
        lost = e;
      }
    }
    assertThat(lost).hasMessageContaining("rank 1 was lost: it hangs");
    assertThat(Duration.ofNanos(System.nanoTime() - from)).isGreaterThanOrEqualTo(LIMIT);
  }
}
