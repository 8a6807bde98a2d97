package dev.lockstep.data.lanes;

import dev.lockstep.data.encoded.EncodedBatch;
import java.util.Iterator;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import org.apache.spark.rdd.ShuffledRDD;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.execution.UnsafeRowSerializer;
import scala.Tuple2;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

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
    RDD<Tuple2<Integer, UnsafeRow>> blocks =
        encoded.flatMap(batch -> dealing.of(batch).iterator()).rdd();
    ClassTag<Integer> ranks = ClassTag$.MODULE$.apply(Integer.class);
    ClassTag<UnsafeRow> rows = ClassTag$.MODULE$.apply(UnsafeRow.class);
    // A rank's own number is its hash. The serializer keeps none of the blocks in memory.
    return new ShuffledRDD<Integer, UnsafeRow, UnsafeRow>(
            blocks, new HashPartitioner(worldSize), ranks, rows, rows)
        .setSerializer(new UnsafeRowSerializer(1, null))
        .toJavaRDD()
        .map(block -> (InternalRow) block._2())
        .rdd();
  }

  /** The blocks of a single rank, as {@link #shuffle} gives them, without Spark. */
  public static Iterator<InternalRow> alone(EncodedBatch batch) {
    return new LaneBlocks(1, 1)
        .of(batch).stream().map(block -> (InternalRow) block._2()).iterator();
  }
}
