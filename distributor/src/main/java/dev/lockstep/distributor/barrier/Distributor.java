package dev.lockstep.distributor.barrier;

import dev.lockstep.data.LockstepException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.SparkContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.catalyst.InternalRow;
import scala.reflect.ClassTag$;

/**
 * Runs a function on W ranks, one Spark task each, all at the same time (a barrier stage). When a
 * rank fails, all end and the stage is run again, a number of times. Spark itself gives up a
 * barrier stage whose results go to the driver at its first failure, so the attempts are counted
 * here.
 */
public final class Distributor {
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
    for (int attempt = 0; ; attempt++) {
      checkSlots(rows.getNumPartitions());
      AtomicReference<RankMessage> first = new AtomicReference<>();
      try {
        return attempt(rows, function, attempt, first);
      } catch (Exception e) { // Scala throws checked exceptions that no signature names.
        boolean hopeless = first.get() != null && first.get().kind() == RankMessage.Kind.HOPELESS;
        if (hopeless || !ofRank(e, first.get()) || attempt + 1 >= options.attempts()) {
          throw explain(e, first.get());
        }
      }
    }
  }

  private <T extends Serializable> List<T> attempt(
      RDD<InternalRow> rows,
      RankFunction<T> function,
      int attempt,
      AtomicReference<RankMessage> first) {
    String tag = "lockstep-" + UUID.randomUUID();
    try (DriverInbox inbox = new DriverInbox(rows.getNumPartitions(), m -> hear(m, first, tag))) {
      listener.begins(attempt);
      context.addJobTag(tag);
      context.setInterruptOnCancel(true);
      RankTask<T> task = new RankTask<>(function, options, inbox.name(), attempt);
      return collect(
          rows.barrier().mapPartitions(task, false, ClassTag$.MODULE$.apply(Object.class)));
    } finally {
      context.removeJobTag(tag);
    }
  }

  /**
   * Whether a rank was the cause, and not a person who cancelled the job: its other ranks see that
   * as a lost peer. If all ranks died at once, none has told.
   */
  private boolean ofRank(Exception e, RankMessage told) {
    String message = String.valueOf(e.getMessage());
    boolean cancelled = context.isStopped() || message.contains("cancelled");
    return !cancelled && (told != null || message.contains("barrier ResultStage"));
  }

  @SuppressWarnings("unchecked") // The partitions of the stage hold what RankTask returns.
  private static <T> List<T> collect(RDD<Object> results) {
    return (List<T>) Arrays.asList((Object[]) results.collect());
  }

  private void hear(RankMessage message, AtomicReference<RankMessage> first, String tag) {
    if (message.kind() == RankMessage.Kind.REPORT) {
      listener.report(message.rank(), message.text());
      return;
    }
    if (message.kind() == RankMessage.Kind.WARNING) {
      listener.warned(message.rank(), message.text());
      return;
    }
    if (first.compareAndSet(null, message)) {
      listener.failed(message.rank(), message.attempt(), message.text());
    }
    if (message.kind() == RankMessage.Kind.HOPELESS) {
      first.set(message);
      context.cancelJobsWithTag(tag, "rank " + message.rank() + " failed: " + message.text());
    }
  }

  private static RuntimeException explain(Exception e, RankMessage first) {
    if (first != null) {
      String text = first.text();
      int end = text.indexOf(RankTask.REMEDY);
      return end < 0
          ? new LockstepException(
              "rank %d failed in attempt %d: %s".formatted(first.rank(), first.attempt() + 1, text),
              StageFailure.remedy(text)
                  .orElse(
                      "See the log of rank %d; --rank-attempts says how often ranks begin again"
                          .formatted(first.rank())),
              e)
          : new LockstepException(
              text.substring(0, end), text.substring(end + RankTask.REMEDY.length()), e);
    }
    Optional<LockstepException> known = StageFailure.of(e);
    if (known.isPresent()) {
      return known.get();
    }
    return e instanceof RuntimeException runtime
        ? runtime
        : new IllegalStateException("the barrier stage failed: " + e.getMessage(), e);
  }

  private void checkSlots(int worldSize) {
    if (context.getConf().getBoolean("spark.dynamicAllocation.enabled", false)) {
      throw new LockstepException(
          "ranks need all their executors at once, but spark.dynamicAllocation.enabled is true",
          "Set it to false and ask for the executors with spark.executor.instances");
    }
    Slots.await(context, worldSize, options.slots());
  }
}
