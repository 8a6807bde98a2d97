package dev.lockstep.data.lanes;

import java.util.Iterator;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import org.apache.spark.rdd.ShuffledRDD;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
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
   *     column of a row: bytes of {@link LaneRow}s, sorted by {@link RowOrder} and, where two
   *     orders agree, by their bytes as unsigned numbers. Blocks come in any order.
   */
  public static RDD<InternalRow> shuffle(JavaRDD<EncodedBatch> encoded, int lanes, int worldSize) {
    if (worldSize < 1 || worldSize > lanes) {
      throw new IllegalStateException("expected 1 <= ranks <= " + lanes + ", got " + worldSize);
    }
    RDD<Tuple2<Integer, byte[]>> blocks =
        encoded.mapPartitions(batches -> new LaneBlocks(batches, lanes, worldSize)).rdd();
    ClassTag<Integer> ranks = ClassTag$.MODULE$.apply(Integer.class);
    ClassTag<byte[]> bytes = ClassTag$.MODULE$.apply(byte[].class);
    // A rank's own number is its hash. Java's serializer would keep a hundred blocks in memory.
    return new ShuffledRDD<Integer, byte[], byte[]>(
            blocks, new HashPartitioner(worldSize), ranks, bytes, bytes)
        .setSerializer(new KryoSerializer(blocks.context().conf()))
        .toJavaRDD()
        .mapPartitions(LaneShuffle::rows)
        .rdd();
  }

  private static Iterator<InternalRow> rows(Iterator<Tuple2<Integer, byte[]>> blocks) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return blocks.hasNext();
      }

      @Override
      public InternalRow next() {
        return row(blocks.next()._2());
      }
    };
  }

  /** A block as a row. */
  private static InternalRow row(byte[] block) {
    return new GenericInternalRow(new Object[] {block});
  }

  /** The blocks of a single rank, as {@link #shuffle} gives them, without Spark. */
  public static Iterator<InternalRow> alone(Iterator<EncodedBatch> batches) {
    return rows(new LaneBlocks(batches, 1, 1));
  }
}
