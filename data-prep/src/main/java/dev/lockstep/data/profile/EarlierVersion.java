package dev.lockstep.data.profile;

import static dev.lockstep.data.sql.Identifiers.quoted;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.encoded.EncodedRows;
import dev.lockstep.data.features.FeatureModel;
import dev.lockstep.data.features.PlacedRows;
import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.data.profile.ColumnProfile.Role;
import dev.lockstep.data.snapshot.DeltaHistory;
import dev.lockstep.data.snapshot.Snapshot;
import dev.lockstep.data.spec.DataSpec;
import dev.lockstep.data.split.Split;
import dev.lockstep.data.sql.SqlExpression;
import dev.lockstep.data.sql.SqlFailure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructType;

/** The version before the last change of the pinned version's rows, and how far that moved them. */
final class EarlierVersion {
  private final SparkSession spark;
  private final DataSpec spec;
  private final PreparedData data;

  EarlierVersion(SparkSession spark, DataSpec spec, PreparedData data) {
    this.spark = spark;
    this.spec = spec;
    this.data = data;
  }

  /** What was found: a drift, or why there is none. */
  record Found(Optional<Drift> drift, Optional<String> reason) {
    static Found none(String reason) {
      return new Found(Optional.empty(), Optional.of(reason));
    }
  }

  /** Compares; a version that cannot be read or compared is a reason and no error. */
  Found drift() {
    Snapshot pinned = data.snapshot();
    try {
      Optional<Long> before = DeltaHistory.of(spark, pinned.table()).before(pinned.version());
      if (before.isEmpty()) {
        return Found.none("the table has no earlier version with other rows");
      }
      Snapshot earlier = Snapshot.resolve(spark, pinned.table(), before.get(), null);
      if (earlier.rows() == 0) {
        return Found.none("the version before, %d, has no rows".formatted(earlier.version()));
      }
      return new Found(Optional.of(drift(earlier)), Optional.empty());
    } catch (LockstepException e) {
      return Found.none(e.problem());
    } catch (Exception e) { // Spark's own errors are checked, and named by no signature.
      return Found.none(SqlFailure.orThrow(e).problem());
    }
  }

  private Drift drift(Snapshot earlier) {
    Dataset<Row> then = earlier.read(spark);
    if (spec.where() != null) {
      String what = "'where' for version %d".formatted(earlier.version());
      then = then.where(SqlExpression.of(then, spec.where(), what));
    }
    FeatureModel features = data.features();
    List<ProfiledColumn> columns = ProfiledColumn.of(data);
    StructType schema = then.schema();
    List<String> incomparable =
        columns.stream().filter(c -> !comparable(c, schema)).map(ProfiledColumn::name).toList();
    List<Column> values = new ArrayList<>();
    columns.forEach(c -> values.add(value(c, incomparable).as(c.name())));
    Dataset<Row> read = then.select(values.toArray(Column[]::new));
    Dataset<Row> encoded = features.encode(PlacedRows.of(read, lit(""), lit(0L)));
    FeatureCounts former = FeatureCounts.of(features, encoded);
    FeatureCounts now =
        FeatureCounts.of(
            features,
            data.testSnapshot().isEmpty()
                ? data.encodedRows()
                : data.encodedRows().where(col(EncodedRows.SPLIT).notEqual(Split.TEST.column())));
    return new Drift(
        earlier.version(),
        earlier.commitTime(),
        earlier.rows(),
        FeatureCounts.falling(indices(columns, incomparable, now, former)),
        incomparable);
  }

  /** Whether an earlier version has a column and its values mean the same. */
  private static boolean comparable(ProfiledColumn column, StructType then) {
    if (!Arrays.asList(then.fieldNames()).contains(column.name())) {
      return false;
    }
    DataType type = then.apply(column.name()).dataType();
    return type.sameType(column.type())
        || type instanceof NumericType && column.type() instanceof NumericType;
  }

  private Column value(ProfiledColumn column, List<String> incomparable) {
    if (column.role() == Role.WEIGHT) {
      return lit(1.0); // Rows are counted; a weight that is missing would be refused.
    }
    boolean there = !incomparable.contains(column.name());
    if (column.role() == Role.LABEL && column.number()) {
      return there ? column.value() : lit(null).cast("double");
    }
    return there ? col(quoted(column.name())) : lit(null).cast(column.type());
  }

  /** The index of each column that can be compared. */
  private List<Map.Entry<String, Double>> indices(
      List<ProfiledColumn> columns,
      List<String> incomparable,
      FeatureCounts now,
      FeatureCounts former) {
    Map<String, FeatureModel.Entries> features =
        data.features().entries().stream()
            .collect(Collectors.toMap(FeatureModel.Entries::name, feature -> feature));
    List<Map.Entry<String, Double>> all = new ArrayList<>();
    for (ProfiledColumn column : columns) {
      if (incomparable.contains(column.name()) || column.role() == Role.WEIGHT) {
        continue;
      }
      double index =
          column.role() == Role.LABEL
              ? now.labelIndex(former)
              : now.index(features.get(column.name()), former);
      all.add(Map.entry(column.name(), index));
    }
    return all;
  }
}
