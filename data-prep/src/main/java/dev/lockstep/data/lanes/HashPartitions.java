package dev.lockstep.data.lanes;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.udf;

import dev.lockstep.data.encoded.EncodedRows;
import dev.lockstep.data.encoded.RowOrder;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;

/** Encoded rows in an order that depends on the rows alone, for what follows their order. */
public final class HashPartitions {
  private HashPartitions() {}

  /**
   * Sends rows to partitions by their hash and sorts them there.
   *
   * @param encoded rows with the columns of {@link EncodedRows}
   * @param partitions number of partitions; another number is another order
   */
  public static Dataset<Row> of(Dataset<Row> encoded, int partitions) {
    Column partition =
        udf(
                (Long hash) -> RowOrder.lane(RowOrder.of(hash, false), partitions),
                DataTypes.IntegerType)
            .apply(col(EncodedRows.HASH));
    return encoded
        .repartitionById(partitions, partition)
        .sortWithinPartitions(
            EncodedRows.HASH,
            EncodedRows.LABEL,
            EncodedRows.WEIGHT,
            EncodedRows.NUMERIC,
            EncodedRows.CATEGORICAL);
  }
}
