package dev.lockstep.data.internal.spark;

import org.apache.spark.HashPartitioner;
import org.apache.spark.rdd.RDD;
import org.apache.spark.rdd.ShuffledRDD;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.UnsafeRowSerializer;
import scala.Tuple2;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/** A shuffle of single rows of bytes; its serializer keeps none of them in memory. */
public final class RowShuffle {
  private RowShuffle() {}

  /**
   * Brings each row to the partition of its number.
   *
   * @param rows rows of one column, made by {@link BytesRow}, with their partitions
   */
  public static RDD<InternalRow> of(RDD<Tuple2<Integer, InternalRow>> rows, int partitions) {
    ClassTag<Integer> numbers = ClassTag$.MODULE$.apply(Integer.class);
    ClassTag<InternalRow> tag = ClassTag$.MODULE$.apply(InternalRow.class);
    // A number is its own hash.
    return new ShuffledRDD<Integer, InternalRow, InternalRow>(
            rows, new HashPartitioner(partitions), numbers, tag, tag)
        .setSerializer(new UnsafeRowSerializer(1, null))
        .toJavaRDD()
        .map(Tuple2::_2)
        .rdd();
  }
}
