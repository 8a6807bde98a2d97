package dev.lockstep.data.preparation;

import static org.apache.spark.sql.functions.col;

import dev.lockstep.data.encoded.EncodedBatch;
import dev.lockstep.data.encoded.EncodedRows;
import dev.lockstep.data.features.FeatureModel;
import dev.lockstep.data.snapshot.Snapshot;
import dev.lockstep.data.split.Split;
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
 * @param prepared its rows
 */
public record PreparedData(
    Snapshot snapshot, Optional<Snapshot> testSnapshot, PreparedRows prepared)
    implements AutoCloseable {
  /** What was learned of the features. */
  public FeatureModel features() {
    return prepared.features();
  }

  /** The columns of the table that are used, with split and place of each row; not cached. */
  public Dataset<Row> sourceRows() {
    return prepared.sourceRows();
  }

  /** Rows with the columns of {@link EncodedRows}. */
  public Dataset<Row> encodedRows() {
    return prepared.encodedRows();
  }

  /** What a person should know, in words. */
  public List<String> warnings() {
    return prepared.warnings();
  }

  /** Names of features that alone tell the label almost perfectly. */
  public List<String> leaking() {
    return prepared.leaking();
  }

  /** Names snapshot, features and split. */
  public String fingerprint() {
    return prepared.fingerprint();
  }

  /** Number of rows of each split. */
  public Map<Split, Long> rows() {
    return prepared.rows();
  }

  /** Number of rows of a split. */
  public long rows(Split split) {
    return prepared.rows(split);
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
    encodedRows().persist(StorageLevel.MEMORY_AND_DISK());
    return this;
  }

  /** The encoded rows of the train and validation splits, as {@link PreparedRows#batches()}. */
  public JavaRDD<EncodedBatch> batches() {
    return prepared.batches();
  }

  /** The rows of the train and validation splits. */
  public Dataset<Row> training() {
    return prepared.training();
  }

  /** The rows of the test split. */
  public Dataset<Row> test() {
    return encodedRows().where(col(EncodedRows.SPLIT).equalTo(Split.TEST.column()));
  }

  @Override
  public void close() {
    prepared.close();
  }
}
