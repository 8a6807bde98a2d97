package dev.lockstep.data.lanes;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import dev.lockstep.data.split.Split;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * Sends each train and validation row to the rank that owns its lane: one shuffle, no driver in the
 * data's path.
 */
public final class LaneShuffle {
  /** Position of the {@link RowOrder}, a long. */
  public static final int ORDER = 0;

  /** Position of the label, a double. */
  public static final int LABEL = 1;

  /** Position of the weight, a double. */
  public static final int WEIGHT = 2;

  /** Position of the array of float features. */
  public static final int NUMERIC = 3;

  /** Position of the array of int features. */
  public static final int CATEGORICAL = 4;

  private LaneShuffle() {}

  /**
   * The rows of the ranks.
   *
   * @param encoded rows with the columns of {@link EncodedRows}; those of the test split are left
   *     out
   * @param lanes number of lanes, V
   * @param worldSize number of ranks, W, at most V
   * @return exactly W partitions; partition r holds the rows of rank r, sorted by {@link RowOrder}
   *     and, where two hashes agree, by the row itself. The columns are at the positions above.
   */
  public static RDD<InternalRow> shuffle(Dataset<Row> encoded, int lanes, int worldSize) {
    if (worldSize < 1 || worldSize > lanes) {
      throw new IllegalStateException("expected 1 <= ranks <= " + lanes + ", got " + worldSize);
    }
    Column validation = col(EncodedRows.SPLIT).equalTo(Split.VALIDATION.column());
    Column hash = col(EncodedRows.HASH);
    Column order =
        org.apache
            .spark
            .sql
            .functions
            .when(validation, hash.bitwiseOR(lit(Long.MIN_VALUE)))
            .otherwise(hash.bitwiseAND(lit(Long.MAX_VALUE)));
    Dataset<Row> rows =
        encoded
            .where(col(EncodedRows.SPLIT).notEqual(Split.TEST.column()))
            .select(
                order.as("order"),
                col(EncodedRows.LABEL),
                col(EncodedRows.WEIGHT),
                col(EncodedRows.NUMERIC),
                col(EncodedRows.CATEGORICAL));
    Column rank =
        org.apache
            .spark
            .sql
            .functions
            .udf(
                (Long o) -> RowOrder.rank(RowOrder.lane(o, lanes), lanes, worldSize),
                org.apache.spark.sql.types.DataTypes.IntegerType)
            .apply(col("order"));
    return rows.repartitionById(worldSize, rank)
        .sortWithinPartitions(
            "order", EncodedRows.LABEL, EncodedRows.WEIGHT, "numeric", "categorical")
        .queryExecution()
        .toRdd();
  }
}
