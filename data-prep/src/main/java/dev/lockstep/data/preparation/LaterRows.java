package dev.lockstep.data.preparation;

import static dev.lockstep.data.sql.Identifiers.quoted;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.features.FeatureModel;
import dev.lockstep.data.features.PlacedRows;
import dev.lockstep.data.snapshot.Snapshot;
import dev.lockstep.data.spec.DataSpec;
import dev.lockstep.data.split.Splitting;
import dev.lockstep.data.sql.HashableColumns;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/**
 * The rows of other versions of the table that a model was trained on, encoded as they were then.
 * Rows are in the split that they were in there, but those whose key the model's own version did
 * not have are in none: their split is {@link #ADDED}.
 */
public final class LaterRows implements AutoCloseable {
  /** The split of a row that the model's version of the table did not have. */
  public static final String ADDED = "added";

  private static final String KEY = "lockstep key";
  private static final String KNOWN = "lockstep known";
  private static final String PLAYED = "lockstep split";

  private final SparkSession spark;
  private final DataSpec spec;
  private final StructType schema;
  private final List<String> key;
  private final Dataset<Row> known;

  /**
   * Rows beside those of a model.
   *
   * @param spec what it was trained on
   * @param trained the version that it was trained on
   */
  public LaterRows(SparkSession spark, DataSpec spec, Snapshot trained) {
    this.spark = spark;
    this.spec = spec;
    Dataset<Row> rows = Preparation.filtered(trained.read(spark), spec.table(), spec.where());
    this.schema = rows.schema();
    this.key = spec.key().isEmpty() ? HashableColumns.of(schema) : spec.key();
    boolean told = spec.split().column() != null;
    // A row is judged by the part that it played in training, wherever the rule would put it now.
    Column split =
        told
            ? lit(null).cast("string")
            : new Splitting(spec.split(), spec.key(), HashableColumns.of(schema), spec.label())
                .of(rows);
    this.known =
        rows.select(HashableColumns.hash(key).as(KNOWN), split.as(PLAYED)).distinct().cache();
  }

  /**
   * The rows of a version, encoded; those without a label, or with one that the model does not
   * know, have none, and all have the weight 1 where the version has no weights.
   *
   * @param features the model's features
   * @throws LockstepException if the version lacks a column that the model or the split needs
   */
  public Dataset<Row> of(Snapshot version, FeatureModel features) {
    String name = "version " + version.version() + " of " + version.table();
    Dataset<Row> rows = Preparation.filtered(version.read(spark), name, spec.where());
    features.checkColumns(rows.schema(), name);
    List<String> columns = Arrays.asList(rows.columns());
    for (String needed : needed()) {
      if (!columns.contains(needed)) {
        throw new LockstepException(
            name + " has no column '" + needed + "'", "Choose versions that have it");
      }
    }
    Dataset<Row> marked = asTrained(rows);
    marked =
        marked
            .withColumn(KEY, HashableColumns.hash(key))
            .join(known, col(quoted(KEY)).equalTo(col(quoted(KNOWN))), "left");
    Column played =
        spec.split().column() == null
            ? col(quoted(PLAYED))
            : col(quoted(spec.split().column())).cast("string");
    Column split = when(col(quoted(KNOWN)).isNull(), ADDED).otherwise(played);
    Column hash = HashableColumns.hash(HashableColumns.of(rows.schema()));
    return features.encode(PlacedRows.of(marked, columns, split, hash));
  }

  /** What is read besides features, label and weight: the key, and what says the split. */
  private List<String> needed() {
    List<String> needed = new ArrayList<>(key);
    if (spec.split().column() != null) {
      needed.add(spec.split().column());
    }
    return needed;
  }

  /** The key with its former types: the same number as another type has another hash. */
  private Dataset<Row> asTrained(Dataset<Row> rows) {
    Dataset<Row> typed = rows;
    for (String column : key) {
      DataType type = schema.apply(column).dataType();
      if (!rows.schema().apply(column).dataType().equals(type)) {
        typed = typed.withColumn(column, col(quoted(column)).try_cast(type));
      }
    }
    return typed;
  }

  @Override
  public void close() {
    known.unpersist(false);
  }
}
