package dev.lockstep.distributor.rendezvous;

import dev.lockstep.data.LockstepException;
import java.time.Duration;
import org.apache.spark.SparkContext;
import org.apache.spark.resource.ResourceProfile;

/** How many tasks can run at once. */
public final class Slots {
  private static final long POLL_MILLIS = 200;

  private Slots() {}

  /**
   * Waits until there are enough; Spark itself would wait for minutes before it said that a barrier
   * stage cannot start.
   *
   * @param wanted how many are needed
   * @param limit how long executors may take to come; in one JVM there is nothing to wait for
   * @return how many there are, at least those that are wanted
   * @throws LockstepException if there are too few in the end
   */
  public static int await(SparkContext context, int wanted, Duration limit) {
    ResourceProfile profile = context.resourceProfileManager().defaultResourceProfile();
    long until = System.nanoTime() + (context.isLocal() ? 0 : limit.toNanos());
    int slots = context.maxNumConcurrentTasks(profile);
    while (slots < wanted && System.nanoTime() < until) {
      sleep();
      slots = context.maxNumConcurrentTasks(profile);
    }
    if (slots < wanted) {
      throw new LockstepException(
          "%d ranks need %d task slots at once, but %s has %d"
              .formatted(wanted, wanted, context.master(), slots),
          context.isLocal()
              ? "Set training.ranks to %d or give Spark more slots, such as --conf spark.master=local[%d]"
                  .formatted(slots, wanted)
              : "Lower training.ranks, or raise the executors' number or cores (slots = cores / spark.task.cpus)");
    }
    return slots;
  }

  private static void sleep() {
    try {
      Thread.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for slots", e);
    }
  }
}
