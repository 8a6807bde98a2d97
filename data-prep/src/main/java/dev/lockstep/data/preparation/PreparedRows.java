package dev.lockstep.data.preparation;

import static org.apache.spark.sql.functions.col;

import dev.lockstep.data.encoded.EncodedBatch;
import dev.lockstep.data.encoded.EncodedRows;
import dev.lockstep.data.features.FeatureModel;
import dev.lockstep.data.split.Split;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Rows, split and encoded.
 *
 * @param features what was learned of the features
 * @param sourceRows the columns that are used, with split and place of each row; not cached
 * @param uncachedBatches the encoded rows of the train and validation splits, read from their
 *     source each time
 * @param encodedRows rows with the columns of {@link EncodedRows}
 * @param rows number of rows of each split
 * @param warnings what a person should know, in words
 * @param leaking names of features that alone tell the label almost perfectly, where features were
 *     learned from these rows
 * @param fingerprint names source, features and split
 * @param places what Spark keeps of each row until this is closed, so that it need not be computed
 *     again
 */
public record PreparedRows(
    FeatureModel features,
    Dataset<Row> sourceRows,
    JavaRDD<EncodedBatch> uncachedBatches,
    Dataset<Row> encodedRows,
    Map<Split, Long> rows,
    List<String> warnings,
    List<String> leaking,
    String fingerprint,
    JavaRDD<?> places)
    implements AutoCloseable {
  /** Copies the lists; the splits keep their order. */
  public PreparedRows {
    rows = Collections.unmodifiableMap(new EnumMap<>(rows));
    warnings = List.copyOf(warnings);
    leaking = List.copyOf(leaking);
  }

  /** Number of rows of a split. */
  public long rows(Split split) {
    return rows.getOrDefault(split, 0L);
  }

  /**
   * The encoded rows of the train and validation splits: from Spark's cache where they are in it,
   * else read from their source.
   */
  public JavaRDD<EncodedBatch> batches() {
    return encodedRows.storageLevel().equals(StorageLevel.NONE())
        ? uncachedBatches
        : EncodedRows.batches(training());
  }

  /** The rows of the train and validation splits. */
  public Dataset<Row> training() {
    return encodedRows.where(col(EncodedRows.SPLIT).notEqual(Split.TEST.column()));
  }

  @Override
  public void close() {
    encodedRows.unpersist(false);
    places.unpersist(false);
  }
}
