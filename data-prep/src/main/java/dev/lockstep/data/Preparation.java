package dev.lockstep.data;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import dev.lockstep.data.features.FeatureFitting;
import dev.lockstep.data.features.FeatureModel;
import dev.lockstep.data.lanes.EncodedRows;
import dev.lockstep.data.snapshot.Snapshot;
import dev.lockstep.data.split.Split;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
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
    Dataset<Row> table = filtered(snapshot.read(spark), spec);
    FeatureFitting.Columns columns = new SchemaCheck(spec, table.schema()).columns();
    List<String> all = Arrays.stream(table.columns()).sorted().toList();
    List<String> key = spec.key().isEmpty() ? all : spec.key();
    Dataset<Row> rows = placed(table, all, spec.split().of(key));
    String pinned = snapshot.id() + " " + snapshot.version();
    if (spec.split().testTable() != null) {
      Snapshot test =
          Snapshot.resolve(spark, spec.split().testTable(), spec.split().testVersion(), null);
      pinned += " " + test.id() + " " + test.version();
      Dataset<Row> apart = filtered(test.read(spark), spec);
      rows = rows.unionByName(placed(apart, all, lit(Split.TEST.column())));
    }
    Map<Split, Long> counts = counts(rows, spec);
    Dataset<Row> train = rows.where(col(EncodedRows.SPLIT).equalTo(Split.TRAIN.column()));
    String chosen =
        spec.features().transform().equals("auto") ? transform : spec.features().transform();
    FeatureModel features = new FeatureFitting(spec, columns, chosen).fit(train);
    Dataset<Row> encoded = features.encode(rows).persist(StorageLevel.MEMORY_AND_DISK());
    List<String> warnings = new ArrayList<>();
    checkLabels(encoded, spec);
    if (counts.getOrDefault(Split.VALIDATION, 0L) == 0) {
      warnings.add("there is no validation split: training runs all its epochs and keeps the last");
    }
    String fingerprint =
        Sha256.of(pinned + " " + snapshot.schemaHash() + Json.line(spec) + features.sha256());
    return new PreparedData(snapshot, features, encoded, counts, warnings, fingerprint);
  }

  private static Dataset<Row> filtered(Dataset<Row> rows, DataSpec spec) {
    if (spec.where() == null) {
      return rows;
    }
    try {
      return rows.where(org.apache.spark.sql.functions.expr(spec.where()));
    } catch (Exception e) { // Spark's own analysis errors are checked, and named by no signature.
      throw new LockstepException(
          "'where' is not a condition on %s: %s"
              .formatted(
                  spec.table(), String.valueOf(e.getMessage()).lines().findFirst().orElse("")),
          "Write it as in SQL, such as: age > 18 and country is not null",
          e);
    }
  }

  /** Rows with their split and their place. */
  private static Dataset<Row> placed(Dataset<Row> rows, List<String> columns, Column split) {
    Column[] parts =
        Stream.concat(Stream.of(lit("row")), columns.stream().map(c -> col(quoted(c))))
            .toArray(Column[]::new);
    return rows.withColumn(EncodedRows.SPLIT, split).withColumn(EncodedRows.HASH, xxhash64(parts));
  }

  private static String quoted(String name) {
    return "`" + name.replace("`", "``") + "`";
  }

  /** Counts the splits, and refuses what would only fail later. */
  private static Map<Split, Long> counts(Dataset<Row> rows, DataSpec spec) {
    Column label = col(quoted(spec.label()));
    Column weight = spec.weight() == null ? lit(1.0) : col(quoted(spec.weight())).cast("double");
    List<Row> found =
        rows.groupBy(EncodedRows.SPLIT)
            .agg(
                count(lit(1)),
                sum(when(label.isNull(), 1).otherwise(0)),
                min(when(weight.isNull(), lit(-1.0)).otherwise(weight)))
            .collectAsList();
    Map<Split, Long> counts = new EnumMap<>(Split.class);
    for (Row row : found) {
      Split split = split(row.getString(0), spec);
      counts.put(split, row.getLong(1));
      if (row.getLong(2) > 0) {
        throw new LockstepException(
            "label '%s' is missing in %d rows of the %s split"
                .formatted(spec.label(), row.getLong(2), split.column()),
            "Drop them with  where: " + spec.label() + " is not null");
      }
      if (!(row.getDouble(3) > 0)) {
        throw new LockstepException(
            "weight '%s' is not positive in a row of the %s split (%s; -1 stands for null)"
                .formatted(spec.weight(), split.column(), row.getDouble(3)),
            "Weights must be positive; drop other rows with 'where'");
      }
    }
    for (Split needed : List.of(Split.TRAIN, Split.TEST)) {
      if (counts.getOrDefault(needed, 0L) == 0) {
        throw new LockstepException(
            "the %s split of %s has no rows".formatted(needed.column(), spec.table()),
            "Check 'where' and 'split'; the table may be too small for these shares");
      }
    }
    return counts;
  }

  private static Split split(String name, DataSpec spec) {
    for (Split split : Split.values()) {
      if (split.column().equals(name)) {
        return split;
      }
    }
    throw new LockstepException(
        "column '%s' says '%s'".formatted(spec.split().column(), name),
        "split.column must say train, validation or test in every row");
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
