package dev.lockstep.data.snapshot;

import dev.lockstep.data.LockstepException;
import io.delta.tables.DeltaTable;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The commits of a Delta table, newest first.
 *
 * @param table path or name of the table
 * @param commits its commits
 */
public record DeltaHistory(String table, List<Commit> commits) {
  /** Start of the SQLSTATE of what cannot be a name, such as people-2024 or part-*. */
  private static final String NO_NAME = "426";

  /** Copies the list. */
  public DeltaHistory {
    commits = List.copyOf(commits);
  }

  /**
   * One commit.
   *
   * @param version the version that it made
   * @param time when
   * @param operation what it did, in Delta's words
   * @param metrics Delta's counts of what it did
   * @param note what its writer left with it, Delta's {@code userMetadata}
   */
  public record Commit(
      long version,
      Instant time,
      String operation,
      Map<String, String> metrics,
      Optional<String> note) {
    private static final Set<String> SAME_ROWS =
        Set.of(
            "OPTIMIZE",
            "VACUUM START",
            "VACUUM END",
            "REORG",
            "ADD COLUMNS",
            "CHANGE COLUMN",
            "RENAME COLUMN",
            "SET TBLPROPERTIES",
            "UNSET TBLPROPERTIES",
            "COMPUTE STATS",
            "ADD CONSTRAINT",
            "DROP CONSTRAINT",
            "UPGRADE PROTOCOL");

    /** Copies the metrics. */
    public Commit {
      metrics = Map.copyOf(metrics);
    }

    /** Whether it did something to rows, and not only to files, columns or settings. */
    public boolean changesRows() {
      return !SAME_ROWS.contains(operation);
    }
  }

  /** The version before that which last changed the rows of a version; empty if there was none. */
  public Optional<Long> before(long version) {
    return commits.stream()
        .filter(c -> c.version() <= version && c.changesRows())
        .findFirst()
        .map(c -> c.version() - 1)
        .filter(v -> v >= 0);
  }

  /**
   * Reads the history that the table's log still holds.
   *
   * @throws LockstepException if there is no such table
   */
  public static DeltaHistory of(SparkSession spark, String table) {
    List<Commit> commits =
        open(spark, table)
            .history()
            .select("version", "timestamp", "operation", "operationMetrics", "userMetadata")
            .collectAsList()
            .stream()
            .map(DeltaHistory::commit)
            .toList();
    return new DeltaHistory(table, commits);
  }

  /**
   * As {@link #of(SparkSession, String)}, without Spark.
   *
   * @param hadoop configuration of Hadoop's file systems
   * @return empty if Spark has to read it
   * @throws LockstepException if there is no such table
   */
  public static Optional<DeltaHistory> withoutSpark(String table, Map<String, String> hadoop) {
    if (!isPath(table)) {
      return Optional.empty();
    }
    return KernelTable.read(table, hadoop, () -> noTable(table), KernelTable::commits)
        .map(commits -> new DeltaHistory(table, commits));
  }

  private static LockstepException noTable(String path) {
    return new LockstepException(
        "there is no Delta table at " + path,
        "Check 'table', or make one with: lockstep import FILE --table " + path);
  }

  private static Commit commit(Row row) {
    Map<String, String> metrics = row.isNullAt(3) ? Map.of() : row.getJavaMap(3);
    return new Commit(
        row.getLong(0),
        row.getTimestamp(1).toInstant(),
        row.getString(2),
        metrics,
        Optional.ofNullable(row.getString(4)));
  }

  /**
   * The latest version of a table.
   *
   * @throws LockstepException if there is no such table
   */
  public static long latest(SparkSession spark, String table) {
    return open(spark, table).history(1).select("version").head().getLong(0);
  }

  /** Whether a table is named by its path and not by its place in the catalog. */
  public static boolean isPath(String table) {
    return table.contains("/") || table.contains("\\") || Path.of(table).toFile().exists();
  }

  /** Whether there is a Delta table at a path, or a table of that name in the catalog. */
  public static boolean exists(SparkSession spark, String table) {
    return isPath(table) ? DeltaTable.isDeltaTable(spark, table) : isInCatalog(spark, table);
  }

  private static boolean isInCatalog(SparkSession spark, String name) {
    try {
      return spark.catalog().tableExists(name);
    } catch (Exception e) { // Spark's own errors are checked, and named by no signature.
      if (e instanceof SparkThrowable known
          && String.valueOf(known.getSqlState()).startsWith(NO_NAME)) {
        return false;
      }
      throw e;
    }
  }

  /**
   * A table by its path or name.
   *
   * @throws LockstepException if there is none
   */
  public static DeltaTable open(SparkSession spark, String table) {
    if (isPath(table)) {
      if (!DeltaTable.isDeltaTable(spark, table)) {
        throw noTable(table);
      }
      return DeltaTable.forPath(spark, table);
    }
    if (!isInCatalog(spark, table)) {
      throw new LockstepException(
          "there is no table '" + table + "' in the catalog",
          "Check 'table'; a path has a slash in it, such as ./" + table);
    }
    return DeltaTable.forName(spark, table);
  }
}
