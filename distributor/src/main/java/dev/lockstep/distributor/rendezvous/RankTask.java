package dev.lockstep.distributor.rendezvous;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.internal.spark.JavaBytes;
import dev.lockstep.distributor.collective.Cause;
import dev.lockstep.distributor.collective.Collective;
import dev.lockstep.distributor.collective.CollectiveOptions;
import dev.lockstep.distributor.collective.Collectives;
import dev.lockstep.distributor.collective.RankLostException;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.sql.catalyst.InternalRow;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractFunction1;

/** One Spark task of the barrier stage: joins the other ranks, runs the function, says why not. */
final class RankTask<T extends Serializable>
    extends AbstractFunction1<
        scala.collection.Iterator<InternalRow>, scala.collection.Iterator<Object>>
    implements Serializable {
  private static final long serialVersionUID = 1;
  private static final Logger LOG = LoggerFactory.getLogger(RankTask.class);

  private final RankFunction<T> function;
  private final RendezvousOptions options;
  private final String inbox;
  private final int attempt;

  RankTask(RankFunction<T> function, RendezvousOptions options, String inbox, int attempt) {
    this.function = function;
    this.options = options;
    this.inbox = inbox;
    this.attempt = attempt;
  }

  @Override
  public scala.collection.Iterator<Object> apply(scala.collection.Iterator<InternalRow> rows) {
    BarrierTaskContext task = BarrierTaskContext.get();
    MDC.put("rank", String.valueOf(task.partitionId()));
    try {
      T result = run(task, CollectionConverters.asJava(rows));
      return CollectionConverters.asScala(List.<Object>of(JavaBytes.of(result)).iterator());
    } finally {
      MDC.remove("rank");
    }
  }

  private T run(BarrierTaskContext task, Iterator<InternalRow> rows) {
    BarrierRank rank = new BarrierRank(task, inbox, attempt);
    LOG.info("rank {} of {}, attempt {}", rank.rank(), rank.worldSize(), rank.attempt());
    try (Collective collective = Collectives.join(rank, collectiveOptions())) {
      rank.use(collective);
      try {
        T result = function.run(rank, rows);
        // Nobody leaves while another may still fail: one that does takes all to the next attempt.
        collective.barrier();
        return result;
      } catch (Exception | Error e) {
        collective.abort(cause(e));
        throw e;
      }
    } catch (Exception e) {
      tell(rank, e);
      throw e instanceof RuntimeException runtime
          ? runtime
          : new IllegalStateException("rank " + rank.rank() + " failed: " + cause(e).problem(), e);
    }
  }

  private static void tell(BarrierRank rank, Exception e) {
    if (rank.isKilled()) {
      return; // Spark ends this rank because of another: that one has told why.
    }
    Cause cause = cause(e);
    LOG.error("rank {} failed: {}", rank.rank(), cause.problem());
    if (e instanceof RankLostException lost) {
      rank.tell(lost.rank(), lost.cause()); // The driver may hear of its mistake from here first.
    } else if (cause.remedy().isPresent()) {
      rank.tell(rank.rank(), cause);
    } else {
      rank.tell(rank.rank(), Cause.of(cause.problem() + " (" + rank.place() + ")"));
    }
  }

  private static Cause cause(Throwable e) {
    return e instanceof LockstepException mistake
        ? Cause.of(mistake.problem(), mistake.remedy())
        : Cause.of(e.getMessage() == null ? e.toString() : e.getMessage());
  }

  private CollectiveOptions collectiveOptions() {
    SparkEnv env = SparkEnv.get();
    return new CollectiveOptions(
        options.bindAddress(),
        env.blockManager().blockManagerId().host(),
        options.ports(),
        options.silence(),
        // Every rank has just told its address: one that cannot be reached now has died since.
        options.silence(),
        Distributor.isEncrypted(env.conf()),
        true);
  }
}
