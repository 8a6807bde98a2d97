package dev.lockstep.data.recipe;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.recipe.PrepareReport.How;
import io.delta.exceptions.DeltaConcurrentModificationException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * Makes a recipe's feature table, or brings it up to date: by the keys that changed where the
 * sources say which, else whole. Both ways give the same rows.
 */
public final class Prepare {
  private static final int ATTEMPTS = 40;
  private static final long FIRST_PAUSE_MILLIS = 50;
  private static final long LONGEST_PAUSE_MILLIS = 2_000;

  private final SparkSession spark;
  private final Recipe recipe;
  private final String text;
  private final PrepareOptions options;
  private final FeatureTable table;

  /**
   * A preparation.
   *
   * @param spark a session; the work is done in one beside it whose time zone is UTC
   * @param text the recipe as it was written, to be recorded
   */
  public Prepare(SparkSession spark, Recipe recipe, String text, PrepareOptions options) {
    this.spark = beside(spark);
    this.recipe = recipe;
    this.text = text;
    this.options = options;
    this.table = new FeatureTable(this.spark, options.out());
  }

  /** A commit's settings are those of its session: so no one else's commit gets them. */
  private static SparkSession beside(SparkSession spark) {
    SparkSession own = spark.newSession();
    Map<String, String> settings =
        scala.jdk.javaapi.CollectionConverters.asJava(spark.conf().getAll());
    settings.forEach(
        (name, value) -> {
          if (own.conf().isModifiable(name)) {
            own.conf().set(name, value);
          }
        });
    own.conf().set("spark.sql.session.timeZone", "UTC");
    own.catalog().setCurrentDatabase(spark.catalog().currentDatabase());
    return own;
  }

  /**
   * Does it, again if another has written meanwhile.
   *
   * @throws LockstepException if the recipe does not fit its sources or its table
   */
  public PrepareReport run() {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        Optional<PrepareReport> done = once();
        if (done.isPresent()) {
          return done.get().withAttempts(attempt + 1);
        }
      } catch (Exception e) { // Delta throws checked exceptions that no signature names.
        if (!conflicts(e)) {
          throw e;
        }
      }
      pause(attempt);
    }
    throw new LockstepException(
        "others wrote %s at the same time, %d times in a row".formatted(options.out(), ATTEMPTS),
        "Try again when they are done");
  }

  private static boolean conflicts(Throwable e) {
    return e instanceof DeltaConcurrentModificationException
        || e.getCause() != null && e.getCause() != e && conflicts(e.getCause());
  }

  private static void pause(int attempt) {
    long longest = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(attempt, 10));
    try {
      Thread.sleep(longest / 2 + (long) (Math.random() * longest / 2));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while others were writing", e);
    }
  }

  /** One attempt; empty if another update was first. */
  private Optional<PrepareReport> once() {
    Sources sources = Sources.resolve(spark, recipe);
    RecipeQuery query = new RecipeQuery(recipe, sources);
    if (!table.exists()) {
      return create(query, sources);
    }
    table.refuseForeign();
    FeatureTable.Found found = table.found();
    TableState next =
        TableState.next(
            recipe,
            text,
            sources,
            found.made().map(TableState::sequence).orElse(found.version()) + 1,
            UUID.randomUUID().toString());
    boolean same = found.made().filter(next::sameAs).isPresent() && found.change().isEmpty();
    if (same && !options.full()) {
      TableState made = found.made().orElseThrow();
      return report(made, sources, How.UNCHANGED, Optional.empty(), Optional.empty());
    }
    refuseRepeated(sources, query);
    Optional<String> reason = new Reasons(spark, options).against(found, next);
    if (reason.isEmpty()) {
      return update(found.made().orElseThrow().versions(), sources, query, next);
    }
    return rebuild(query, sources, next, reason);
  }

  private Optional<PrepareReport> create(RecipeQuery query, Sources sources) {
    refuseRepeated(sources, query);
    TableState first = TableState.next(recipe, text, sources, 1, UUID.randomUUID().toString());
    return table.create(query.result(query.base()), recipe.rows().key(), first)
        ? report(first, sources, How.CREATED, Optional.empty(), Optional.empty())
        : Optional.empty();
  }

  private Optional<PrepareReport> update(
      Map<String, Long> before, Sources sources, RecipeQuery query, TableState next) {
    List<String> key = recipe.rows().key();
    try (ChangedKeys changed = new ChangedKeys(spark, recipe, before, sources)) {
      Dataset<Row> affected;
      long keys;
      try {
        affected = changed.affected();
        keys = affected.count();
      } catch (Exception e) { // What Delta throws here is checked, and named by no signature.
        return rebuild(query, sources, next, Optional.of(unreadable(e)));
      }
      Dataset<Row> base = ChangedKeys.semi(query.base(), key, changed.needed(affected), true);
      Dataset<Row> rows = query.result(base);
      refuseOtherColumns(rows);
      Dataset<Row> changes =
          ChangedKeys.changes(affected, rows, key).persist(StorageLevel.MEMORY_AND_DISK());
      try {
        table.merge(changes, rows.schema(), key, next);
      } finally {
        changes.unpersist(false);
      }
      return report(next, sources, How.UPDATED, Optional.empty(), Optional.of(keys));
    }
  }

  private Optional<PrepareReport> rebuild(
      RecipeQuery query, Sources sources, TableState next, Optional<String> reason) {
    Dataset<Row> rows = query.result(query.base());
    refuseOtherColumns(rows);
    table.replace(rows, next, options.evolve());
    return report(next, sources, How.REBUILT, reason, Optional.empty());
  }

  /** Why the sources' changes cannot be read: they may be gone, or were never kept. */
  private static String unreadable(Exception e) {
    String why =
        e instanceof LockstepException ours ? ours.problem() : String.valueOf(e.getMessage());
    return "the changes of its sources cannot be read: "
        + why.strip().lines().findFirst().orElse("");
  }

  private void refuseOtherColumns(Dataset<Row> rows) {
    Optional<String> difference = table.difference(rows.schema());
    if (difference.isPresent() && !options.evolve()) {
      throw new LockstepException(
          "the recipe's columns are not those of %s: %s".formatted(options.out(), difference.get()),
          "Add --evolve if they may change, or choose another --out");
    }
  }

  /** One row for each key, and one row of a dimension for each of its. */
  private void refuseRepeated(Sources sources, RecipeQuery query) {
    refuseRepeated(
        query.base(),
        recipe.rows().key(),
        "source '%s' has several rows with the same key".formatted(recipe.rows().source()),
        "Choose a key that names one row, or say  distinct: true  or  where:  in 'rows'");
    for (Step step : recipe.steps()) {
      if (step instanceof Step.Join join) {
        refuseRepeated(
            sources.rows(join.source()),
            join.on().right(),
            "dimension '%s' has several rows for one value".formatted(join.source()),
            "Use asOf for rows that change in time, aggregate for many, or 'where' in the source");
      }
    }
  }

  private static void refuseRepeated(
      Dataset<Row> rows, List<String> columns, String problem, String remedy) {
    List<Row> repeated =
        rows.groupBy(RecipeQuery.columns(columns))
            .agg(count(lit(1)).as("__count"))
            .where(col("__count").gt(1))
            .limit(1)
            .collectAsList();
    if (!repeated.isEmpty()) {
      Row row = repeated.get(0);
      throw new LockstepException(
          "%s: %s is that of %d rows"
              .formatted(
                  problem,
                  row.mkString(", ").replaceAll(", [0-9]+$", ""),
                  row.getLong(columns.size())),
          remedy);
    }
  }

  private Optional<PrepareReport> report(
      TableState state, Sources sources, How how, Optional<String> reason, Optional<Long> keys) {
    Optional<Long> version = table.versionOf(state);
    return version.map(
        v ->
            new PrepareReport(
                options.out(),
                v,
                table.rows(v),
                recipe.rows().key(),
                how,
                reason,
                keys,
                1,
                sources.snapshots()));
  }
}
