package dev.lockstep.distributor.rendezvous;

import java.io.Serializable;
import java.util.Iterator;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * What a rank does. Runs in the Spark task, in the executor's JVM.
 *
 * @param <T> a serializable result, one a rank
 */
@FunctionalInterface
public interface RankFunction<T extends Serializable> extends Serializable {
  /**
   * Runs on one rank.
   *
   * @param context the rank's place and its ways to the other ranks
   * @param rows the rank's partition, to be read at most once
   * @throws dev.lockstep.data.LockstepException for a failure that another attempt would meet
   *     again; anything else makes Spark try the stage again
   */
  T run(RankContext context, Iterator<InternalRow> rows) throws Exception;
}
