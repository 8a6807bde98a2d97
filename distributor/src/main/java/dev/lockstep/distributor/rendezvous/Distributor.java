package dev.lockstep.distributor.rendezvous;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.internal.spark.InternalRows;
import dev.lockstep.data.internal.spark.JavaBytes;
import dev.lockstep.data.sql.SqlFailure;
import dev.lockstep.distributor.collective.Cause;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.storage.RDDInfo;
import scala.reflect.ClassTag$;

/**
 * Runs a function on W ranks, one Spark task each, all at the same time (a barrier stage). When a
 * rank fails, all end and the stage is run again, a number of times. Spark itself gives up a
 * barrier stage whose results go to the driver at its first failure, so the attempts are counted
 * here.
 */
public final class Distributor {
  /** Spark's property of a job that has its tags, between commas. */
  private static final String JOB_TAGS = "spark.job.tags";

  private final SparkContext context;
  private final RendezvousOptions options;
  private final JobListener listener;

  /** A distributor on a Spark application. */
  public Distributor(SparkContext context, RendezvousOptions options, JobListener listener) {
    this.context = context;
    this.options = options;
    this.listener = listener;
  }

  /**
   * Whether what ranks send each other is encrypted: it is as confidential as Spark's own
   * connections.
   */
  public static boolean isEncrypted(SparkConf conf) {
    return conf.getBoolean("spark.network.crypto.enabled", false)
        || conf.getBoolean("spark.ssl.rpc.enabled", false);
  }

  /**
   * Runs a function of one's own on ranks that share a dataset's rows.
   *
   * @param dataset its rows are dealt to the ranks in turn
   * @param ranks number of ranks
   * @param function what a rank does; the columns of its rows have their places in the dataset
   * @return as {@link #run(RDD, RankFunction)}
   * @throws LockstepException as {@link #run(RDD, RankFunction)}
   */
  public <T extends Serializable> List<T> run(
      Dataset<Row> dataset, int ranks, RankFunction<T> function) {
    RDD<InternalRow> rows = InternalRows.of(dataset.repartition(ranks));
    if (rows.getNumPartitions() != ranks) { // So Spark plans what it knows to be empty.
      throw new LockstepException(
          "the dataset has no rows for %d ranks".formatted(ranks), "Check how it is filtered");
    }
    return run(rows, function);
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
      Heard heard = new Heard();
      try {
        return attempt(rows, function, attempt, heard);
      } catch (Exception e) { // Scala throws checked exceptions that no signature names.
        if (!isWorthAnother(e, heard) || attempt + 1 >= options.attempts()) {
          throw explain(e, heard.failure());
        }
      }
    }
  }

  private <T extends Serializable> List<T> attempt(
      RDD<InternalRow> rows, RankFunction<T> function, int attempt, Heard heard) {
    String tag = "lockstep-" + UUID.randomUUID();
    SparkListener stages = heard.stages(tag);
    context.addSparkListener(stages);
    try (DriverInbox inbox =
        new DriverInbox(
            rows.getNumPartitions(),
            message -> hear(message, heard, tag),
            question -> listener.answer(question.rank(), question.text()))) {
      listener.begins(attempt);
      context.addJobTag(tag);
      context.setInterruptOnCancel(true);
      RankTask<T> task = new RankTask<>(function, options, inbox.name(), attempt);
      return collect(
          rows.barrier().mapPartitions(task, false, ClassTag$.MODULE$.apply(Object.class)));
    } finally {
      context.removeJobTag(tag);
      context.removeSparkListener(stages);
    }
  }

  /** What is heard of an attempt. */
  private static final class Heard {
    /** Whether Spark has begun the ranks' stage, so that the rows had been made. */
    private final AtomicBoolean begun = new AtomicBoolean();

    private final AtomicReference<RankMessage.Failed> failure = new AtomicReference<>();

    Optional<RankMessage.Failed> failure() {
      return Optional.ofNullable(failure.get());
    }

    /** Hears of the barrier stage of a job with a tag. */
    SparkListener stages(String tag) {
      return new SparkListener() {
        @Override
        public void onStageSubmitted(SparkListenerStageSubmitted submitted) {
          Properties job = submitted.properties(); // None where nobody has set any.
          boolean ours = job != null && job.getProperty(JOB_TAGS, "").contains(tag);
          if (ours && submitted.stageInfo().rddInfos().exists(RDDInfo::isBarrier)) {
            begun.set(true);
          }
        }
      };
    }
  }

  /**
   * Whether another attempt may end otherwise: the ranks' stage had begun, whose rows had been
   * made, and it is neither a mistake that a rank has named nor the will of a person. Of ranks that
   * all died at once none tells why. What the words of a message are makes no difference.
   */
  private boolean isWorthAnother(Exception e, Heard heard) {
    boolean hopeless = heard.failure().flatMap(told -> told.cause().remedy()).isPresent();
    boolean cancelled = context.isStopped() || StageFailure.isCancelled(e);
    return heard.begun.get() && !hopeless && !cancelled && SqlFailure.of(e).isEmpty();
  }

  @SuppressWarnings("unchecked") // The partitions of the stage hold what RankTask returns.
  private static <T extends Serializable> List<T> collect(RDD<Object> results) {
    return Arrays.stream((Object[]) results.collect()).map(r -> ((JavaBytes<T>) r).get()).toList();
  }

  private void hear(RankMessage message, Heard heard, String tag) {
    heard.begun.set(true);
    if (message instanceof RankMessage.Failed failed) {
      failed(failed, heard.failure, tag);
    } else {
      message.tell(listener);
    }
  }

  private void failed(
      RankMessage.Failed message, AtomicReference<RankMessage.Failed> first, String tag) {
    Cause cause = message.cause();
    if (first.compareAndSet(null, message)) {
      String remedy = cause.remedy().map(text -> " " + text).orElse("");
      listener.failed(message.rank(), message.attempt(), cause.problem() + remedy);
    }
    if (cause.remedy().isPresent()) {
      first.set(message);
      context.cancelJobsWithTag(tag, "rank " + message.rank() + " failed: " + cause.problem());
    }
  }

  private static RuntimeException explain(Exception e, Optional<RankMessage.Failed> first) {
    if (first.isPresent()) {
      RankMessage.Failed failed = first.get();
      String problem = failed.cause().problem();
      return failed
          .cause()
          .remedy()
          .map(remedy -> new LockstepException(problem, remedy, e))
          .orElseGet(
              () ->
                  new LockstepException(
                      "rank %d failed in attempt %d: %s"
                          .formatted(failed.rank(), failed.attempt() + 1, problem),
                      StageFailure.remedy(problem)
                          .orElse(
                              "See the log of rank %d; --rank-attempts says how often ranks begin again"
                                  .formatted(failed.rank())),
                      e));
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
