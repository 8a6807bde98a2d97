package dev.lockstep.data.preparation;

import static org.apache.spark.sql.functions.col;

import dev.lockstep.data.encoded.EncodedBatch;
import dev.lockstep.data.encoded.EncodedRows;
import dev.lockstep.data.features.FeatureModel;
import dev.lockstep.data.snapshot.Snapshot;
import dev.lockstep.data.split.Split;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * A snapshot, split and encoded.
 *
 * @param snapshot what was read
 * @param testSnapshot the table of its own that is the test split, where there is one
 * @param features what was learned of the features
 * @param sourceRows the columns of the table that are used, with split and place of each row; not
 *     cached
 * @param uncachedBatches the encoded rows of the train and validation splits, read from the table
 *     each time
 * @param encodedRows rows with the columns of {@link EncodedRows}
 * @param rows number of rows of each split
 * @param warnings what a person should know, in words
 * @param fingerprint names snapshot, features and split
 * @param places what Spark keeps of each row until this is closed, so that it need not be computed
 *     again
 */
public record PreparedData(
    Snapshot snapshot,
    Optional<Snapshot> testSnapshot,
    FeatureModel features,
    Dataset<Row> sourceRows,
    JavaRDD<EncodedBatch> uncachedBatches,
    Dataset<Row> encodedRows,
    Map<Split, Long> rows,
    List<String> warnings,
    String fingerprint,
    JavaRDD<?> places)
    implements AutoCloseable {
  /** Copies the lists; the splits keep their order. */
  public PreparedData {
    rows = Collections.unmodifiableMap(new EnumMap<>(rows));
    warnings = List.copyOf(warnings);
  }

  /** Number of rows of a split. */
  public long rows(Split split) {
    return rows.getOrDefault(split, 0L);
  }

  /** Number of rows of every split, by its name, in order. */
  public Map<String, Long> splits() {
    Map<String, Long> splits = new LinkedHashMap<>();
    for (Split split : Split.values()) {
      splits.put(split.column(), rows(split));
    }
    return splits;
  }

  /**
   * Keeps the encoded rows in Spark's cache until this is closed, for those who read them often.
   */
  public PreparedData cached() {
    encodedRows.persist(StorageLevel.MEMORY_AND_DISK());
    return this;
  }

  /**
   * The encoded rows of the train and validation splits: from Spark's cache where they are in it,
   * else read from the table.
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

  /** The rows of the test split. */
  public Dataset<Row> test() {
    return encodedRows.where(col(EncodedRows.SPLIT).equalTo(Split.TEST.column()));
  }

  @Override
  public void close() {
    encodedRows.unpersist(false);
    places.unpersist(false);
  }
}
