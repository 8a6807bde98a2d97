package dev.lockstep.data.snapshot;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Sha256;
import dev.lockstep.data.internal.spark.VersionFiles;
import dev.lockstep.data.snapshot.DeltaHistory.Commit;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * One version of a Delta table.
 *
 * @param table path or catalog name of the table
 * @param location where its files are, as a whole path with a scheme
 * @param id Delta's id of the table; a table that is recreated in the same place has another
 * @param version the version
 * @param commitTime when it was committed, ISO 8601 in UTC
 * @param schemaHash SHA-256 of its schema
 * @param files number of its data files
 * @param rows number of its rows
 */
public record Snapshot(
    String table,
    String location,
    String id,
    long version,
    String commitTime,
    String schemaHash,
    long files,
    long rows) {
  private static final String TOO_OLD =
      "DELTA_UNSUPPORTED_TIME_TRAVEL_BEYOND_DELETED_FILE_RETENTION_DURATION";

  /**
   * Finds a version once, so that everything after reads the same.
   *
   * @param table path or catalog name
   * @param version the version; null for another way to say it
   * @param timestamp ISO 8601 with a zone: the version of that moment; null for the latest
   * @throws LockstepException if there is no such table or version, or its files are gone
   */
  public static Snapshot resolve(SparkSession spark, String table, Long version, String timestamp) {
    if (version != null && timestamp != null) {
      throw new LockstepException(
          "both 'version' and 'timestamp' are given for " + table, "Keep one of them");
    }
    DeltaHistory.open(spark, table);
    Long pinned = timestamp == null ? version : Long.valueOf(byTime(spark, table, timestamp));
    Dataset<Row> rows = read(spark, table, pinned);
    VersionFiles read = VersionFiles.of(rows);
    checkFiles(spark, table, read);
    return new Snapshot(
        table,
        read.location(),
        read.id(),
        read.version(),
        Instant.ofEpochMilli(read.commitTime()).toString(),
        Sha256.of(rows.schema().json()),
        read.paths().size(),
        read.rows().orElseGet(() -> read(spark, table, read.version()).count()));
  }

  /** The rows of this version. */
  public Dataset<Row> read(SparkSession spark) {
    return read(spark, table, version);
  }

  /** The rows of a version, of the latest where it is null. */
  private static Dataset<Row> read(SparkSession spark, String table, Long version) {
    var reader = spark.read().format("delta");
    if (version != null) {
      reader = reader.option("versionAsOf", version);
    }
    try {
      return DeltaHistory.isPath(table) ? reader.load(table) : reader.table(table);
    } catch (Exception e) { // Delta's are checked, and named by no signature.
      if (e instanceof SparkThrowable known && TOO_OLD.equals(known.getCondition())) {
        throw new LockstepException(
            "version %d of %s is older than its delta.deletedFileRetentionDuration, so Delta no longer reads it"
                .formatted(version, table),
            "Choose a later version; a longer duration reads it again, unless VACUUM has run",
            e);
      }
      if (version != null) {
        checkVersion(spark, table, version);
      }
      throw e;
    }
  }

  private static void checkVersion(SparkSession spark, String table, long version) {
    List<Commit> commits = DeltaHistory.of(spark, table).commits();
    if (commits.stream().noneMatch(c -> c.version() == version)) {
      throw new LockstepException(
          "%s has no version %d; it has %s".formatted(table, version, range(commits)),
          oldest(commits).version() > version
              ? "The log of that version was cleaned up; a longer"
                  + " delta.logRetentionDuration would have kept it"
              : "Choose one of those, or leave 'version' out for the latest");
    }
  }

  /** The version of a moment. */
  private static long byTime(SparkSession spark, String table, String timestamp) {
    Instant moment = instant(timestamp);
    List<Commit> commits = DeltaHistory.of(spark, table).commits();
    if (moment.isAfter(commits.get(0).time())) {
      throw new LockstepException(
          "%s is after the last commit of %s, %s"
              .formatted(timestamp, table, commits.get(0).time()),
          "A later commit could still change what it means: choose an earlier moment, or a version");
    }
    return commits.stream()
        .filter(c -> !c.time().isAfter(moment))
        .findFirst()
        .orElseThrow(
            () ->
                new LockstepException(
                    "%s is before the first commit of %s that is known, version %d at %s"
                        .formatted(
                            timestamp, table, oldest(commits).version(), oldest(commits).time()),
                    "Choose a later moment"))
        .version();
  }

  private static Instant instant(String timestamp) {
    try {
      return OffsetDateTime.parse(timestamp).toInstant();
    } catch (DateTimeException e) {
      try {
        return ZonedDateTime.parse(timestamp).toInstant();
      } catch (DateTimeException zoned) {
        throw new LockstepException(
            "'timestamp' is '" + timestamp + "', which is not a time with a time zone",
            "Write it such as 2026-01-31T12:00:00Z or 2026-01-31T12:00:00+01:00",
            zoned);
      }
    }
  }

  private static Commit oldest(List<Commit> commits) {
    return commits.get(commits.size() - 1);
  }

  private static String range(List<Commit> commits) {
    long first = oldest(commits).version();
    long last = commits.get(0).version();
    return first == last ? "only " + first : first + " to " + last;
  }

  /** VACUUM removes files of old versions and says nothing to those who pinned them. */
  private static void checkFiles(SparkSession spark, String table, VersionFiles read) {
    try {
      for (Path path : read.paths()) {
        if (!path.getFileSystem(spark.sessionState().newHadoopConf()).exists(path)) {
          throw new LockstepException(
              "version %d of %s is no longer whole: VACUUM has removed %s"
                  .formatted(read.version(), table, path.getName()),
              "Choose a later version; a longer delta.deletedFileRetentionDuration would have"
                  + " kept it");
        }
      }
    } catch (IOException e) {
      throw new LockstepException(
          "cannot reach the files of " + table + ": " + e.getMessage(), "Check the path", e);
    }
  }
}
