package dev.lockstep.distributor.barrier;

import dev.lockstep.data.LockstepException;
import java.io.Serializable;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.SparkContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.sql.catalyst.InternalRow;
import scala.reflect.ClassTag$;

/**
 * Runs a function on W ranks, one Spark task each, all at the same time (a barrier stage). When a
 * rank fails, all end, and Spark tries the stage again, at most {@code
 * spark.stage.maxConsecutiveAttempts} times.
 */
public final class Distributor {
  private static final Duration SLOTS_WAIT = Duration.ofSeconds(15);
  private static final long POLL_MILLIS = 200;

  private final SparkContext context;
  private final JobOptions options;
  private final JobListener listener;

  /** A distributor on a Spark application. */
  public Distributor(SparkContext context, JobOptions options, JobListener listener) {
    this.context = context;
    this.options = options;
    this.listener = listener;
  }

  /**
   * Runs the function on every rank.
   *
   * @param rows a partition a rank; must come out of a shuffle, as a barrier stage demands
   * @param function what a rank does
   * @return the ranks' results, in their order
   * @throws LockstepException if there are fewer slots than ranks, if dynamic allocation is on, or
   *     if a rank threw one or failed in all attempts
   */
  public <T extends Serializable> List<T> run(RDD<InternalRow> rows, RankFunction<T> function) {
    int worldSize = rows.getNumPartitions();
    checkSlots(worldSize);
    AtomicReference<RankMessage> hopeless = new AtomicReference<>();
    AtomicReference<RankMessage> first = new AtomicReference<>();
    String tag = "lockstep-" + UUID.randomUUID();
    try (DriverInbox inbox =
        new DriverInbox(m -> hear(RankMessage.decode(m), first, hopeless, tag))) {
      context.addJobTag(tag);
      context.setInterruptOnCancel(true);
      RankTask<T> task = new RankTask<>(function, options, inbox.name());
      return collect(
          rows.barrier().mapPartitions(task, false, ClassTag$.MODULE$.apply(Object.class)));
    } catch (Exception e) { // Scala throws checked exceptions that no signature names.
      throw explain(e, first.get(), hopeless.get());
    } finally {
      context.removeJobTag(tag);
    }
  }

  @SuppressWarnings("unchecked") // The partitions of the stage hold what RankTask returns.
  private static <T> List<T> collect(RDD<Object> results) {
    return (List<T>) Arrays.asList((Object[]) results.collect());
  }

  private void hear(
      RankMessage message,
      AtomicReference<RankMessage> first,
      AtomicReference<RankMessage> hopeless,
      String tag) {
    if (message.kind() == RankMessage.Kind.REPORT) {
      listener.report(message.rank(), message.text());
      return;
    }
    RankMessage earlier = first.get();
    if (earlier == null || earlier.attempt() < message.attempt()) {
      first.set(message);
      listener.failed(message.rank(), message.attempt(), message.text());
    }
    if (message.kind() == RankMessage.Kind.HOPELESS && hopeless.compareAndSet(null, message)) {
      context.cancelJobsWithTag(tag, "rank " + message.rank() + " failed: " + message.text());
    }
  }

  private static RuntimeException explain(Exception e, RankMessage first, RankMessage hopeless) {
    if (hopeless != null) {
      String text = hopeless.text();
      int end = text.indexOf(RankTask.REMEDY);
      return end < 0
          ? new LockstepException(text, "See the log of rank " + hopeless.rank(), e)
          : new LockstepException(
              text.substring(0, end), text.substring(end + RankTask.REMEDY.length()), e);
    }
    if (first != null) {
      return new LockstepException(
          "rank %d failed in attempt %d: %s"
              .formatted(first.rank(), first.attempt() + 1, first.text()),
          "Spark has no attempts left; raise spark.stage.maxConsecutiveAttempts, or on one machine"
              + " use a master such as local[2,4]",
          e);
    }
    return e instanceof RuntimeException runtime
        ? runtime
        : new IllegalStateException("the barrier stage failed: " + e.getMessage(), e);
  }

  /** Spark would wait for minutes before it said that a barrier stage cannot start. */
  private void checkSlots(int worldSize) {
    if (context.getConf().getBoolean("spark.dynamicAllocation.enabled", false)) {
      throw new LockstepException(
          "ranks need all their executors at once, but spark.dynamicAllocation.enabled is true",
          "Set it to false and ask for the executors with spark.executor.instances");
    }
    ResourceProfile profile = context.resourceProfileManager().defaultResourceProfile();
    long until = System.nanoTime() + (context.isLocal() ? 0 : SLOTS_WAIT.toNanos());
    int slots = context.maxNumConcurrentTasks(profile);
    while (slots < worldSize && System.nanoTime() < until) {
      sleep();
      slots = context.maxNumConcurrentTasks(profile);
    }
    if (slots < worldSize) {
      throw new LockstepException(
          "%d ranks need %d task slots at once, but %s has %d"
              .formatted(worldSize, worldSize, context.master(), slots),
          context.isLocal()
              ? "Set training.ranks to %d or give Spark more slots, such as --conf spark.master=local[%d]"
                  .formatted(slots, worldSize)
              : "Lower training.ranks, or raise the executors' number or cores (slots = cores / spark.task.cpus)");
    }
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
