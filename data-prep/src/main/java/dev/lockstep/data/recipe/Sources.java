package dev.lockstep.data.recipe;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.snapshot.DeltaHistory;
import dev.lockstep.data.snapshot.Snapshot;
import dev.lockstep.data.sql.SqlExpression;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A recipe's tables, each at one version. */
final class Sources {
  private static final int ATTEMPTS = 20;

  private final SparkSession spark;
  private final Recipe recipe;
  private final Map<String, Snapshot> snapshots;

  private Sources(SparkSession spark, Recipe recipe, Map<String, Snapshot> snapshots) {
    this.spark = spark;
    this.recipe = recipe;
    this.snapshots = new LinkedHashMap<>(snapshots);
  }

  /**
   * Pins all tables. Those without a version are taken as they were at one and the same moment,
   * whoever writes meanwhile.
   */
  static Sources resolve(SparkSession spark, Recipe recipe) {
    Map<String, Long> latest = latest(spark, recipe);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Map<String, Long> again = latest(spark, recipe);
      if (again.equals(latest)) { // Between the two looks, all were the latest at once.
        Map<String, Snapshot> snapshots = new LinkedHashMap<>();
        recipe
            .sources()
            .forEach(
                (name, source) -> snapshots.put(name, pin(spark, recipe, source, again, name)));
        return new Sources(spark, recipe, snapshots);
      }
      latest = again;
    }
    throw new LockstepException(
        "the sources get new versions faster than one consistent set of versions can be read",
        "Give 'timestamp': all sources are then read as of that time");
  }

  private static Snapshot pin(
      SparkSession spark, Recipe recipe, SourceSpec source, Map<String, Long> latest, String name) {
    return source.pinned()
        ? Snapshot.resolve(spark, source.table(), source.version(), source.timestamp())
        : Snapshot.resolve(spark, source.table(), latest.get(name), recipe.timestamp());
  }

  /** The latest versions of the tables for which nothing else is said. */
  private static Map<String, Long> latest(SparkSession spark, Recipe recipe) {
    Map<String, Long> versions = new LinkedHashMap<>();
    recipe
        .sources()
        .forEach(
            (name, source) -> {
              if (!source.pinned() && recipe.timestamp() == null) {
                versions.put(name, DeltaHistory.latest(spark, source.table()));
              }
            });
    return versions;
  }

  /** The same tables at other versions. */
  Sources at(Map<String, Long> versions) {
    Map<String, Snapshot> others = new LinkedHashMap<>();
    snapshots.forEach(
        (name, s) ->
            others.put(
                name,
                s.version() == versions.get(name)
                    ? s
                    : Snapshot.resolve(spark, s.table(), versions.get(name), null)));
    return new Sources(spark, recipe, others);
  }

  Map<String, Snapshot> snapshots() {
    return snapshots;
  }

  Snapshot snapshot(String name) {
    return snapshots.get(name);
  }

  String time(String name) {
    return recipe.sources().get(name).time();
  }

  /** The rows that the recipe sees of a source. */
  Dataset<Row> rows(String name) {
    Dataset<Row> rows = snapshots.get(name).read(spark);
    String where = recipe.sources().get(name).where();
    return where == null
        ? rows
        : rows.where(SqlExpression.of(rows, where, "'where' of source '" + name + "'"));
  }
}
