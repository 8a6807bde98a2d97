package dev.lockstep.data.recipe;

import static dev.lockstep.data.sql.Identifiers.quoted;

import dev.lockstep.data.AtomicFolder;
import dev.lockstep.data.Json;
import dev.lockstep.data.LockstepException;
import dev.lockstep.data.snapshot.DeltaHistory;
import dev.lockstep.data.snapshot.DeltaHistory.Commit;
import io.delta.tables.DeltaTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.VariantType;

/** The Delta table that a recipe makes. */
final class FeatureTable {
  static final String PRESENT = "__present";
  static final String CHANGED_KEY = "__k";

  private static final String OURS = "lockstep.recipe.key";
  private static final String FEED = "delta.enableChangeDataFeed";

  /** What Delta calls commits that leave the rows as they are. */
  private static final Set<String> HARMLESS =
      Set.of(
          "OPTIMIZE",
          "REORG",
          "VACUUM START",
          "VACUUM END",
          "SET TBLPROPERTIES",
          "UNSET TBLPROPERTIES",
          "COMPUTE STATS",
          "CLUSTER BY");

  private final SparkSession spark;
  private final String path;

  FeatureTable(SparkSession spark, String path) {
    this.spark = spark;
    this.path = path;
  }

  /**
   * What the table holds.
   *
   * @param made what it was made from; empty if its log does not say so
   * @param change what another has done to its rows since, in Delta's words; empty for nothing
   * @param version its newest version
   */
  record Found(Optional<TableState> made, Optional<String> change, long version) {}

  /** Whether there is one, empty ones included. */
  boolean exists() {
    return DeltaTable.isDeltaTable(spark, path);
  }

  /**
   * Writes a table with its first rows, whole or not at all.
   *
   * @return false where another process was first: its table is to be looked at
   * @throws LockstepException if something else is there
   */
  boolean create(Dataset<Row> rows, List<String> key, TableState state) {
    Path folder = new Path(path);
    try {
      AtomicFolder.create(
          folder,
          spark.sessionState().newHadoopConf(),
          (files, temporary) -> {
            String made = temporary.toString();
            DeltaTable.createIfNotExists(spark)
                .location(made)
                .addColumns(rows.schema())
                .property(FEED, "true")
                .property(OURS, String.join(",", key))
                .execute();
            new FeatureTable(spark, made).replace(rows, state, false);
          });
      return true;
    } catch (FileAlreadyExistsException e) {
      if (exists()) {
        return false;
      }
      throw new LockstepException(
          path + " is there already, and is no Delta table", "Choose another --out", e);
    } catch (IOException e) {
      throw new LockstepException(
          "cannot write " + path + ": " + e.getMessage(), "Choose another --out", e);
    }
  }

  /** Refuses a table that no recipe has made. */
  void refuseForeign() {
    if (!properties(spark, path).containsKey(OURS)) {
      throw new LockstepException(
          "there is a Delta table at " + path + " that no recipe has made", "Choose another --out");
    }
  }

  /** Whether a table keeps what changes in it. */
  static boolean hasFeed(SparkSession spark, String table) {
    return "true".equals(properties(spark, table).get(FEED));
  }

  private static Map<String, String> properties(SparkSession spark, String table) {
    return DeltaHistory.open(spark, table).detail().select("properties").head().getJavaMap(0);
  }

  /** Reads the log, newest first. */
  Found found() {
    Optional<String> change = Optional.empty();
    List<Commit> commits = DeltaHistory.of(spark, path).commits();
    long version = commits.get(0).version();
    for (Commit commit : commits) {
      Optional<TableState> made = commit.note().flatMap(TableState::parse);
      if (made.isPresent()) {
        return new Found(made, change, version);
      }
      if (!HARMLESS.contains(commit.operation())) {
        change = Optional.of("%s in version %d".formatted(commit.operation(), commit.version()));
      }
    }
    return new Found(Optional.empty(), Optional.empty(), version);
  }

  /** The version that an update has made; empty if another one was first. */
  Optional<Long> versionOf(TableState state) {
    return DeltaHistory.of(spark, path).commits().stream()
        .filter(c -> c.note().flatMap(TableState::parse).filter(state::equals).isPresent())
        .map(Commit::version)
        .findFirst();
  }

  /** The number of rows of a version. */
  long rows(long version) {
    return spark.read().format("delta").option("versionAsOf", version).load(path).count();
  }

  /**
   * Holds new rows against the table's schema.
   *
   * @return what differs, in words; empty if nothing
   */
  Optional<String> difference(StructType wanted) {
    Map<String, DataType> there = types(spark.read().format("delta").load(path).schema());
    Map<String, DataType> here = types(wanted);
    List<String> differences = new ArrayList<>();
    here.forEach(
        (name, type) -> {
          if (!there.containsKey(name)) {
            differences.add("'%s' is new".formatted(name));
          } else if (!there.get(name).sameType(type)) {
            differences.add(
                "'%s' is now of type %s and was of type %s"
                    .formatted(name, type.simpleString(), there.get(name).simpleString()));
          }
        });
    there.keySet().stream()
        .filter(name -> !here.containsKey(name))
        .forEach(name -> differences.add("'%s' is gone".formatted(name)));
    return differences.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", differences));
  }

  private static Map<String, DataType> types(StructType schema) {
    Map<String, DataType> types = new LinkedHashMap<>();
    for (StructField field : schema.fields()) {
      types.put(field.name(), field.dataType());
    }
    return types;
  }

  /** Rewrites all rows. */
  void replace(Dataset<Row> rows, TableState state, boolean evolve) {
    committing(
        state,
        () ->
            rows.write()
                .format("delta")
                .mode("overwrite")
                .option("overwriteSchema", evolve)
                .save(path));
  }

  /**
   * Changes the rows of some keys.
   *
   * @param changes the keys as {@code __k0...}, whether they have a row as {@code __present}, and
   *     its columns
   */
  void merge(Dataset<Row> changes, StructType schema, List<String> key, TableState state) {
    List<String> same = new ArrayList<>();
    for (int i = 0; i < key.size(); i++) {
      same.add("t.%s <=> s.%s%d".formatted(quoted(key.get(i)), CHANGED_KEY, i));
    }
    Map<String, String> all = new LinkedHashMap<>();
    for (String name : schema.fieldNames()) {
      all.put(quoted(name), "s." + quoted(name));
    }
    String differs =
        List.of(schema.fields()).stream()
            .map(FeatureTable::differs)
            .collect(Collectors.joining(" or "));
    committing(
        state,
        () ->
            DeltaTable.forPath(spark, path)
                .as("t")
                .merge(changes.as("s"), String.join(" and ", same))
                .whenMatched("not s." + PRESENT)
                .delete()
                .whenMatched(differs)
                .updateExpr(all)
                .whenNotMatched("s." + PRESENT)
                .insertExpr(all)
                .execute());
  }

  /** Compares to the bit: zero and negative zero differ. */
  private static String differs(StructField field) {
    String name = quoted(field.name());
    DataType type = field.dataType();
    if (type instanceof MapType || type instanceof VariantType) {
      return "true";
    }
    String form =
        type.equals(DataTypes.DoubleType) || type.equals(DataTypes.FloatType)
            ? "not (cast(t.%s as string) <=> cast(s.%s as string))"
            : "not (t.%s <=> s.%s)";
    return form.formatted(name, name);
  }

  /**
   * Commits with the state beside the rows. Delta lets no two commits of one sequence number in:
   * the second is not made, or conflicts.
   */
  private void committing(TableState state, Runnable write) {
    Map<String, String> settings =
        Map.of(
            "spark.databricks.delta.commitInfo.userMetadata",
            Json.line(state),
            "spark.databricks.delta.write.txnAppId",
            "lockstep-recipe",
            "spark.databricks.delta.write.txnVersion",
            String.valueOf(state.sequence()));
    settings.forEach((name, value) -> spark.conf().set(name, value));
    try {
      write.run();
    } finally {
      settings.keySet().forEach(name -> spark.conf().unset(name));
    }
  }
}
