package dev.lockstep.distributor.rendezvous;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.data.LockstepException;
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
  void a_full_disk_that_is_written_to_is_named_by_its_path() {
    Exception spark =
        new IllegalStateException(
            "Lost task 0.3 in stage 5.0 (TID 40) (10.0.0.7 executor 3):"
                + " org.apache.spark.SparkException: [TASK_WRITE_FAILED] Task failed while writing"
                + " rows to file:/data/out/.p-033b3b8a. SQLSTATE: 58030",
            new java.io.IOException("No space left on device"));
    assertThat(StageFailure.of(spark))
        .hasValueSatisfying(
            e -> {
              assertThat(e.problem()).startsWith("the disk of /data/out is full");
              assertThat(e.remedy()).contains("write to another place");
            });
  }

  @Test
  void a_full_disk_outranks_what_was_made_of_it() {
    Exception spark =
        new IllegalStateException(
            "Lost task 0.0 in stage 5.0 (TID 40) (10.0.0.7 executor 3): java.io.IOException: No"
                + " space left on device");
    LockstepException torn =
        new LockstepException("the ledger cannot be read", "Restore it from a copy", spark);
    LockstepException full = StageFailure.of(torn).orElseThrow();
    assertThat(full.problem()).startsWith("the disk of executor 3 on 10.0.0.7 is full");
    assertThat(StageFailure.of(new LockstepException("rank 0: " + full.problem(), "Wait", full)))
        .hasValue(full);
    LockstepException unwritten =
        new LockstepException(
            "cannot write /runs/a: No space left on device", "Check it", new RuntimeException());
    assertThat(StageFailure.of(unwritten))
        .hasValueSatisfying(
            e -> assertThat(e).hasMessageMatching("cannot write /runs/a.*Free space there.*"));
    LockstepException other = new LockstepException("no table", "Name one", new RuntimeException());
    assertThat(StageFailure.of(other)).hasValue(other);
  }

  @Test
  void other_failures_stay_what_they_are() {
    assertThat(StageFailure.of(new IllegalStateException("a bug", new RuntimeException())))
        .isEmpty();
  }
}
