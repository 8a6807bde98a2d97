package dev.lockstep.data.preparation;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;

import dev.lockstep.data.encoded.EncodedRows;
import dev.lockstep.data.snapshot.Snapshot;
import dev.lockstep.data.spec.DataSpec;
import dev.lockstep.data.sql.HashableColumns;
import dev.lockstep.data.sql.Identifiers;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;

/** What the rows of the test split share: their keys, and their times where these split them. */
public final class TestRowKeys {
  private static final String KEY = "key";
  private static final String TIME = "time";

  private TestRowKeys() {}

  /**
   * The test rows by rising hash, equal rows once.
   *
   * @return {@code hash}, {@code key} (a hash of the key's columns; of the row where there is no
   *     key) and {@code time} ({@code double}, the latest of the key; null unless {@code
   *     split.time} is set)
   */
  public static Dataset<Row> of(SparkSession spark, DataSpec spec, PreparedData data) {
    Snapshot snapshot = data.testSnapshot().orElse(data.snapshot());
    Dataset<Row> table = Preparation.filtered(snapshot.read(spark), spec.table(), spec.where());
    List<String> columns = Arrays.asList(table.columns());
    Column hash = HashableColumns.rowHash(HashableColumns.of(table.schema()));
    boolean keyed = !spec.key().isEmpty() && columns.containsAll(spec.key());
    Dataset<Row> rows =
        table.select(
            hash.as(EncodedRows.HASH),
            (keyed ? HashableColumns.hash(spec.key()) : hash).as(KEY),
            time(spec, table).as(TIME));
    Dataset<Row> test = data.test().select(EncodedRows.HASH).distinct();
    return rows.join(test, EncodedRows.HASH)
        .dropDuplicates(EncodedRows.HASH)
        .withColumn(TIME, max(col(TIME)).over(Window.partitionBy(KEY)))
        .orderBy(EncodedRows.HASH);
  }

  private static Column time(DataSpec spec, Dataset<Row> table) {
    String name = spec.split().time();
    if (name == null) {
      return lit(null).cast("double");
    }
    Column time = col(Identifiers.quoted(name));
    return switch (table.schema().apply(name).dataType().typeName()) {
      case "date", "timestamp_ntz" -> time.cast("timestamp").cast("double");
      default -> time.cast("double");
    };
  }
}
