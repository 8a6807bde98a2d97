package dev.lockstep.distributor.rendezvous;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StageFailureTest {
  @Test
  void a_full_disk_is_named_with_its_executor() {
    Exception spark =
        new IllegalStateException(
            "Job aborted due to stage failure: Task 0 in stage 5.0 failed 4 times, most recent"
                + " failure: Lost task 0.3 in stage 5.0 (TID 40) (10.0.0.7 executor 3):"
                + " java.io.IOException: No space left on device\n\tat java.base/sun.nio");
    assertThat(StageFailure.of(new RuntimeException("writing failed", spark)))
        .hasValueSatisfying(
            e -> {
              assertThat(e.problem()).startsWith("the disk of executor 3 on 10.0.0.7 is full");
              assertThat(e.remedy()).contains("spark.local.dir");
            });
  }

  @Test
  void other_failures_stay_what_they_are() {
    assertThat(StageFailure.of(new IllegalStateException("a bug", new RuntimeException())))
        .isEmpty();
  }
}
