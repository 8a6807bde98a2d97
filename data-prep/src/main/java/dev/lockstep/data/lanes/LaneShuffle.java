package dev.lockstep.data.lanes;

import dev.lockstep.data.encoded.EncodedBatch;
import dev.lockstep.data.internal.spark.RowShuffle;
import java.util.Iterator;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.catalyst.InternalRow;
import scala.Tuple2;

/**
 * Sends each train and validation row to the rank that owns its lane: one shuffle, no driver in the
 * data's path.
 */
public final class LaneShuffle {
  private LaneShuffle() {}

  /**
   * The rows of the ranks.
   *
   * @param encoded the rows; those of the test split are left out
   * @param lanes number of lanes, V
   * @param worldSize number of ranks, W, at most V
   * @return exactly W partitions; partition r holds the rows of rank r in blocks, each the only
   *     column of a row: bytes of {@link LaneRow}s. Blocks, and rows in them, come in any order.
   */
  public static RDD<InternalRow> shuffle(JavaRDD<EncodedBatch> encoded, int lanes, int worldSize) {
    if (worldSize < 1 || worldSize > lanes) {
      throw new IllegalStateException("expected 1 <= ranks <= " + lanes + ", got " + worldSize);
    }
    LaneBlocks dealing = new LaneBlocks(lanes, worldSize);
    return RowShuffle.of(encoded.flatMap(batch -> dealing.of(batch).iterator()).rdd(), worldSize);
  }

  /** The blocks of a single rank, as {@link #shuffle} gives them, without Spark. */
  public static Iterator<InternalRow> alone(EncodedBatch batch) {
    return new LaneBlocks(1, 1).of(batch).stream().map(Tuple2::_2).iterator();
  }
}
