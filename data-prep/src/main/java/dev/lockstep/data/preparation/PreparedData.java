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
 * @param used the used columns of the rows as the table has them, and the rows' split and place;
 *     read anew each time
 * @param read the encoded rows of the train and validation splits, read anew each time
 * @param encoded rows with the columns of {@link EncodedRows}
 * @param rows number of rows of each split
 * @param warnings what a person should know, in words
 * @param fingerprint names snapshot, features and split
 * @param kept what Spark keeps until this is closed, so that reading anew is quick
 */
public record PreparedData(
    Snapshot snapshot,
    Optional<Snapshot> testSnapshot,
    FeatureModel features,
    Dataset<Row> used,
    JavaRDD<EncodedBatch> read,
    Dataset<Row> encoded,
    Map<Split, Long> rows,
    List<String> warnings,
    String fingerprint,
    JavaRDD<?> kept)
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
    encoded.persist(StorageLevel.MEMORY_AND_DISK());
    return this;
  }

  /**
   * The encoded rows of the train and validation splits: from Spark's cache where they are in it,
   * else read anew.
   */
  public JavaRDD<EncodedBatch> batches() {
    return encoded.storageLevel().equals(StorageLevel.NONE())
        ? read
        : EncodedRows.batches(training());
  }

  /** The rows of the train and validation splits. */
  public Dataset<Row> training() {
    return encoded.where(col(EncodedRows.SPLIT).notEqual(Split.TEST.column()));
  }

  /** The rows of the test split. */
  public Dataset<Row> test() {
    return encoded.where(col(EncodedRows.SPLIT).equalTo(Split.TEST.column()));
  }

  @Override
  public void close() {
    encoded.unpersist(false);
    kept.unpersist(false);
  }
}
