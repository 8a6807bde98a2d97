package dev.lockstep.data.encoded;

import dev.lockstep.data.internal.spark.InternalRows;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The columns of an encoded dataset: what a feature model makes, what everything else reads. */
public final class EncodedRows {
  /** {@code string}: {@code train}, {@code validation} or {@code test}. */
  public static final String SPLIT = "split";

  /** {@code long}: hash of the source row, ties included; see {@link RowOrder}. */
  public static final String HASH = "hash";

  /** {@code double}: class index, or the number itself for regression. */
  public static final String LABEL = "label";

  /** {@code double}: positive weight of the row, 1 where none is declared. */
  public static final String WEIGHT = "weight";

  /** {@code array<float>}, in the order of {@code FeatureLayout.numeric()}. */
  public static final String NUMERIC = "numeric";

  /** {@code array<int>}, in the order of {@code FeatureLayout.categorical()}. */
  public static final String CATEGORICAL = "categorical";

  static final StructType SCHEMA =
      new StructType()
          .add(SPLIT, DataTypes.StringType, true)
          .add(HASH, DataTypes.LongType, false)
          .add(LABEL, DataTypes.DoubleType, true)
          .add(WEIGHT, DataTypes.DoubleType, false)
          .add(NUMERIC, DataTypes.createArrayType(DataTypes.FloatType, false), false)
          .add(CATEGORICAL, DataTypes.createArrayType(DataTypes.IntegerType, false), false);

  private EncodedRows() {}

  /** Encoded batches as a dataset with the columns of this class. */
  public static Dataset<Row> of(SparkSession spark, JavaRDD<EncodedBatch> batches) {
    return ((org.apache.spark.sql.classic.SparkSession) spark)
        .internalCreateDataFrame(batches.mapPartitions(BatchRows::new).rdd(), SCHEMA, false);
  }

  /** A dataset with the columns of this class in batches. */
  public static JavaRDD<EncodedBatch> batches(Dataset<Row> encoded) {
    return InternalRows.of(encoded.select(SPLIT, HASH, LABEL, WEIGHT, NUMERIC, CATEGORICAL))
        .toJavaRDD()
        .mapPartitions(RowBatches::new);
  }
}
