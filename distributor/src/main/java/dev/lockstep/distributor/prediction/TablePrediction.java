package dev.lockstep.distributor.prediction;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import dev.lockstep.data.HashableColumns;
import dev.lockstep.data.Identifiers;
import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Names;
import dev.lockstep.data.features.FeatureModel;
import dev.lockstep.data.lanes.EncodedRows;
import dev.lockstep.data.snapshot.Snapshot;
import dev.lockstep.data.split.Split;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A table's rows with the predictions of a trained network, as another table. */
public final class TablePrediction {
  private final SparkSession spark;
  private final String folder;
  private final FeatureModel features;

  /**
   * Predictions of a network.
   *
   * @param folder folder of a trained network, with its model and its feature model
   * @throws LockstepException if there is none
   */
  public TablePrediction(SparkSession spark, String folder) {
    this.spark = spark;
    this.folder = folder;
    this.features = FeatureModel.load(folder + "/features", spark);
  }

  /** The classes in the order of their probabilities; empty for regression. */
  public List<String> classes() {
    return features.label().classes();
  }

  /**
   * Scores all rows of a snapshot.
   *
   * @param key columns that name a row and go along; none for all columns
   * @return those columns and {@link Predictor#PREDICTION}
   * @throws LockstepException if a column is missing, or the key does not name one row each
   */
  public Dataset<Row> score(Snapshot snapshot, List<String> key) {
    Dataset<Row> source = snapshot.read(spark);
    features.checkColumns(source.schema(), snapshot.table());
    checkNames(snapshot.table(), List.of(source.columns()), key);
    Column hash = HashableColumns.hash(key.isEmpty() ? HashableColumns.of(source.schema()) : key);
    Dataset<Row> rows =
        source
            .withColumn(EncodedRows.SPLIT, lit(Split.TEST.column()))
            .withColumn(EncodedRows.HASH, hash);
    if (!key.isEmpty()) {
      checkKey(rows, snapshot.table(), key);
    }
    // Rows that are equal in all columns have equal predictions: one of them is enough.
    Dataset<Row> scored =
        new Predictor(spark)
            .score(folder + "/model", features.encode(rows))
            .select(EncodedRows.HASH, Predictor.PREDICTION)
            .dropDuplicates(EncodedRows.HASH);
    List<String> kept = key.isEmpty() ? Arrays.asList(source.columns()) : key;
    return rows.join(scored, EncodedRows.HASH)
        .select(
            Stream.concat(Stream.of(columns(kept)), Stream.of(col(Predictor.PREDICTION)))
                .toArray(Column[]::new));
  }

  private static Column[] columns(List<String> names) {
    return names.stream().map(n -> col(Identifiers.quoted(n))).toArray(Column[]::new);
  }

  private static void checkNames(String table, List<String> columns, List<String> key) {
    for (String name : key) {
      if (!columns.contains(name)) {
        throw new LockstepException(
            "--key '" + name + "' is not a column of " + table,
            "Did you mean '%s'? Its columns are %s"
                .formatted(Names.nearest(name, columns), String.join(", ", columns)));
      }
    }
    for (String own : List.of(Predictor.PREDICTION, EncodedRows.SPLIT, EncodedRows.HASH)) {
      if (columns.stream().anyMatch(own::equalsIgnoreCase)) {
        throw new LockstepException(
            "%s has a column '%s', a name that predictions need for themselves"
                .formatted(table, own),
            "Rename it in the table");
      }
    }
  }

  private static void checkKey(Dataset<Row> rows, String table, List<String> key) {
    if (rows.groupBy(EncodedRows.HASH).count().where("count > 1").limit(1).count() > 0) {
      throw new LockstepException(
          "--key " + String.join(",", key) + " does not name one row each in " + table,
          "Give all columns that tell rows apart, or no --key for all columns");
    }
  }
}
