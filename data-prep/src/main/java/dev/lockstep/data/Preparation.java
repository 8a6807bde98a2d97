package dev.lockstep.data;

import static dev.lockstep.data.Identifiers.quoted;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.xxhash64;

import dev.lockstep.data.features.FeatureFitting;
import dev.lockstep.data.features.FeatureModel;
import dev.lockstep.data.lanes.EncodedRows;
import dev.lockstep.data.snapshot.Snapshot;
import dev.lockstep.data.split.Split;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/** From a table to encoded rows: pin, check, split, fit on the train split, encode. */
public final class Preparation {
  private Preparation() {}

  /**
   * Prepares data.
   *
   * @param transform the numeric transform where the specification says {@code auto}
   * @throws LockstepException if something in the specification or the table is wrong
   */
  public static PreparedData prepare(SparkSession spark, DataSpec spec, String transform) {
    Snapshot snapshot = Snapshot.resolve(spark, spec.table(), spec.version(), spec.timestamp());
    Dataset<Row> table = filtered(snapshot.read(spark), spec.table(), spec.where());
    SchemaCheck check = new SchemaCheck(spec, table.schema());
    FeatureFitting.Columns columns = check.columns();
    List<String> used = check.used(columns);
    List<String> key = spec.key().isEmpty() ? HashableColumns.of(table.schema()) : spec.key();
    Dataset<Row> rows = placed(table, used, spec.split().of(key));
    String pinned = snapshot.id() + " " + snapshot.version();
    String testTable = spec.split().testTable();
    Optional<Snapshot> testSnapshot =
        Optional.ofNullable(testTable)
            .map(t -> Snapshot.resolve(spark, t, spec.split().testVersion(), null));
    if (testSnapshot.isPresent()) {
      Snapshot test = testSnapshot.get();
      pinned += " " + test.id() + " " + test.version();
      Dataset<Row> apart = filtered(test.read(spark), testTable, spec.where());
      check.checkTestTable(apart.schema(), columns);
      rows =
          rows.where(not(col(EncodedRows.SPLIT).eqNullSafe(Split.TEST.column())))
              .unionByName(placed(apart, used, lit(Split.TEST.column())));
    }
    Map<Split, Long> counts = new RowCheck(spec, columns.numeric()).counts(rows);
    Dataset<Row> train = rows.where(col(EncodedRows.SPLIT).equalTo(Split.TRAIN.column()));
    String chosen =
        spec.features().transform().equals("auto") ? transform : spec.features().transform();
    FeatureModel features = new FeatureFitting(spec, columns, chosen).fit(train);
    Dataset<Row> encoded = features.encode(rows).persist(StorageLevel.MEMORY_AND_DISK());
    List<String> warnings = new ArrayList<>();
    try {
      checkLabels(encoded, spec);
    } catch (LockstepException e) {
      encoded.unpersist(false);
      throw e;
    }
    if (counts.getOrDefault(Split.VALIDATION, 0L) == 0) {
      warnings.add("there is no validation split: training runs all its epochs and keeps the last");
    }
    String fingerprint =
        Sha256.of(pinned + " " + snapshot.schemaHash() + Json.line(spec) + features.sha256());
    return new PreparedData(
        snapshot, testSnapshot, features, encoded, counts, warnings, fingerprint);
  }

  static Dataset<Row> filtered(Dataset<Row> rows, String table, String where) {
    return where == null ? rows : rows.where(SqlExpression.of(rows, where, "'where' for " + table));
  }

  /** The columns that are used, with the split and the place of their rows. */
  private static Dataset<Row> placed(Dataset<Row> rows, List<String> used, Column split) {
    List<String> all = HashableColumns.of(rows.schema());
    Column[] parts =
        Stream.concat(Stream.of(lit("row")), all.stream().map(c -> col(quoted(c))))
            .toArray(Column[]::new);
    Column[] kept =
        Stream.concat(
                used.stream().map(c -> col(quoted(c))),
                Stream.of(split.as(EncodedRows.SPLIT), xxhash64(parts).as(EncodedRows.HASH)))
            .toArray(Column[]::new);
    return rows.select(kept);
  }

  private static void checkLabels(Dataset<Row> encoded, DataSpec spec) {
    long unknown = encoded.where(col(EncodedRows.LABEL).isNull()).count();
    if (unknown > 0) {
      throw new LockstepException(
          "%d rows of the validation and test splits have a label '%s' that no train row has"
              .formatted(unknown, spec.label()),
          "Drop those classes with 'where', or choose another split.salt");
    }
  }
}
