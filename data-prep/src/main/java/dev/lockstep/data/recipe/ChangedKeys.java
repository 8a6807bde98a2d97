package dev.lockstep.data.recipe;

import static dev.lockstep.data.sql.Identifiers.quoted;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import dev.lockstep.data.snapshot.DeltaHistory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * The keys whose rows may differ between two sets of versions, from what the sources say has
 * changed. A row that differs does so first at one step; up to there it is the same in both, and at
 * that step it either reads a changed row of a source, or, if the step looks at other rows, stands
 * in one group with a row that differs. So going through the steps once finds them all.
 */
final class ChangedKeys implements AutoCloseable {
  private final SparkSession spark;
  private final Recipe recipe;
  private final Map<String, Long> before;
  private final Sources now;
  private final RecipeQuery current;
  private final List<Dataset<Row>> held = new ArrayList<>();

  ChangedKeys(SparkSession spark, Recipe recipe, Map<String, Long> before, Sources now) {
    this.spark = spark;
    this.recipe = recipe;
    this.before = before;
    this.now = now;
    this.current = new RecipeQuery(recipe, now);
  }

  /**
   * Distinct keys; more than need be, never fewer.
   *
   * @throws dev.lockstep.data.LockstepException if a step needs rows as they were before, and they
   *     are gone
   */
  Dataset<Row> affected() {
    Dataset<Row> keys = current.base().select(current.key()).where(lit(false));
    String rows = recipe.rows().source();
    if (changed(rows)) {
      keys = keys.union(current.taken(changes(rows), false).select(current.key()));
    }
    for (int i = 0; i < recipe.steps().size(); i++) {
      Step step = recipe.steps().get(i);
      if (step instanceof Step.Reading reading && changed(reading.source())) {
        List<String> right = reading.on().right();
        Dataset<Row> values = changes(reading.source()).select(RecipeQuery.columns(right));
        keys = keys.union(members(i, reading.on().left(), values, false));
      } else if (step instanceof Step.Earlier earlier) {
        keys = held(keys);
        RecipeQuery old = new RecipeQuery(recipe, now.at(before));
        Dataset<Row> groups =
            groups(old, i, earlier.by(), keys).union(groups(current, i, earlier.by(), keys));
        keys = keys.union(members(i, earlier.by(), groups, true));
      }
    }
    return held(keys);
  }

  /** Those whose rows must be at hand to compute the rows of the given keys. */
  Dataset<Row> needed(Dataset<Row> affected) {
    Dataset<Row> keys = affected;
    for (int i = recipe.steps().size() - 1; i >= 0; i--) {
      if (recipe.steps().get(i) instanceof Step.Earlier earlier) {
        Dataset<Row> groups = groups(current, i, earlier.by(), keys);
        keys = held(keys.union(members(i, earlier.by(), groups, true)));
      }
    }
    return keys;
  }

  /** Keys that several queries use are computed once. */
  private Dataset<Row> held(Dataset<Row> keys) {
    Dataset<Row> distinct = keys.distinct().persist(StorageLevel.MEMORY_AND_DISK());
    held.add(distinct);
    return distinct;
  }

  @Override
  public void close() {
    held.forEach(keys -> keys.unpersist(false));
  }

  private boolean changed(String source) {
    return before.get(source) != now.snapshot(source).version();
  }

  /** Rows as they were and as they are, of all that a source says has changed. */
  private Dataset<Row> changes(String source) {
    long one = before.get(source);
    long other = now.snapshot(source).version();
    var reader =
        spark
            .read()
            .format("delta")
            .option("readChangeFeed", true)
            .option("startingVersion", Math.min(one, other) + 1)
            .option("endingVersion", Math.max(one, other));
    String table = now.snapshot(source).table();
    Dataset<Row> rows = DeltaHistory.isPath(table) ? reader.load(table) : reader.table(table);
    return rows.drop("_change_type", "_commit_version", "_commit_timestamp");
  }

  /** The values of the columns in which rows of the keys stand together, before a step. */
  private Dataset<Row> groups(RecipeQuery query, int step, List<String> by, Dataset<Row> keys) {
    return semi(before(query, step, by), recipe.rows().key(), keys, true)
        .select(RecipeQuery.columns(by));
  }

  /** The keys of rows that have, before a step, one of the values in some columns. */
  private Dataset<Row> members(int step, List<String> by, Dataset<Row> values, boolean nullToo) {
    return semi(before(current, step, by), by, values, nullToo).select(current.key());
  }

  private static Dataset<Row> before(RecipeQuery query, int step, List<String> by) {
    return query.through(query.base(), step).having(by);
  }

  /** The rows that have one of the values. */
  static Dataset<Row> semi(
      Dataset<Row> rows, List<String> columns, Dataset<Row> values, boolean nullToo) {
    Column equal = lit(true);
    List<Column> renamed = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      Column left = col(quoted(columns.get(i)));
      Column right = col("__w" + i);
      renamed.add(col(quoted(values.columns()[i])).as("__w" + i));
      equal = equal.and(nullToo ? left.eqNullSafe(right) : left.equalTo(right));
    }
    Dataset<Row> wanted = values.select(renamed.toArray(Column[]::new)).distinct();
    return rows.join(wanted, equal, "left_semi");
  }

  /**
   * What happens to the table: for each affected key, whether it has a row and which.
   *
   * @param rows the rows of at least the affected keys
   */
  static Dataset<Row> changes(Dataset<Row> affected, Dataset<Row> rows, List<String> key) {
    Column same = lit(true);
    List<Column> keys = new ArrayList<>();
    List<Column> all = new ArrayList<>();
    for (int i = 0; i < key.size(); i++) {
      String held = FeatureTable.CHANGED_KEY + i;
      keys.add(col(quoted(key.get(i))).as(held));
      all.add(col(held));
      same = same.and(col(quoted(key.get(i))).eqNullSafe(col(held)));
    }
    all.add(
        org.apache
            .spark
            .sql
            .functions
            .coalesce(col("__there"), lit(false))
            .as(FeatureTable.PRESENT));
    for (String name : rows.columns()) {
      all.add(col(quoted(name)));
    }
    return affected
        .select(keys.toArray(Column[]::new))
        .join(rows.withColumn("__there", lit(true)), same, "left")
        .select(all.toArray(Column[]::new));
  }
}
