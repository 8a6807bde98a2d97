package dev.lockstep.distributor.preflight;

import dev.lockstep.data.LockstepException;
import dev.lockstep.distributor.rendezvous.Slots;
import java.util.List;
import org.apache.spark.SparkContext;

/** Whether all ranks can run at once. */
record SlotsCheck(SparkContext context, Needs needs) implements Check {
  private static final String NAME = "slots";

  @Override
  public List<Finding> examine() {
    try {
      int slots = Slots.await(context, needs.ranks(), needs.options().slots());
      return List.of(Finding.ok(NAME, "%d for %d ranks".formatted(slots, needs.ranks())));
    } catch (LockstepException e) {
      return List.of(Finding.failed(NAME, e.problem(), e.remedy()));
    }
  }
}
