package dev.lockstep.evaluation.ledger;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.from_json;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;

import dev.lockstep.data.Json;
import dev.lockstep.data.LockstepException;
import io.delta.exceptions.DeltaConcurrentModificationException;
import io.delta.tables.DeltaTable;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A Delta table of runs, one row a run. Many may write at once; a ledger of an older release is
 * read with what it has and gets the columns that it lacks with the next run, one of a newer
 * release keeps its further columns.
 */
public final class Ledger {
  /** The name for the newest run. */
  public static final String LATEST = "latest";

  private static final StructType COLUMNS =
      StructType.fromDDL(
          """
          runId STRING, time TIMESTAMP, command STRING, kind STRING, status STRING, error STRING,
          experiment STRING, overrides MAP<STRING, STRING>, task STRING, label STRING,
          data STRUCT<
            source: STRUCT<table: STRING, location: STRING, id: STRING, version: BIGINT,
              commitTime: STRING, schemaHash: STRING>,
            testSource: STRUCT<table: STRING, location: STRING, id: STRING, version: BIGINT,
              commitTime: STRING, schemaHash: STRING>,
            splits: MAP<STRING, BIGINT>, featureModelHash: STRING, fingerprint: STRING>,
          seeds ARRAY<BIGINT>, worldSize INT, lanes INT,
          environment STRUCT<libraries: MAP<STRING, STRING>, code: STRING, cpu: STRING,
            processor: STRING, master: STRING>,
          metrics MAP<STRING, MAP<STRING, DOUBLE>>, weightsSha256 MAP<STRING, STRING>,
          trees MAP<STRING, STRUCT<asked: INT, kept: ARRAY<INT>>>, folder STRING
          """);
  private static final Map<String, String> FORM = Map.of("mode", "FAILFAST", "timeZone", "UTC");

  /** A file is a row, so statistics for skipping files would cost more than the rows. */
  private static final Map<String, String> OF_A_NEW_TABLE =
      Map.of("delta.dataSkippingNumIndexedCols", "0", "delta.checkpointInterval", "50");

  private static final String REPAIR =
      "Restore the ledger from a copy, or move its folder away: the next run begins a new one, and"
          + " 'lockstep runs --add FOLDER...' adds the runs whose folders are there";

  private static final int TRIES = 20;
  private static final long PAUSE_MILLIS = 50;

  private final SparkSession spark;
  private final String path;

  /**
   * A ledger that may not be there yet.
   *
   * @param path its folder, on any Hadoop file system
   */
  public Ledger(SparkSession spark, String path) {
    this.spark = spark;
    this.path = path;
  }

  /** Where it is. */
  public String path() {
    return path;
  }

  /**
   * Adds a run, whole or not at all.
   *
   * @throws LockstepException if the ledger cannot be written
   */
  public void append(RunRecord run) {
    locked(() -> commit(run));
  }

  /**
   * Takes the ledger's lock and gives it back.
   *
   * @throws LockstepException if that cannot be done
   */
  void tryLock() {
    locked(() -> {});
  }

  private void locked(Runnable work) {
    java.nio.file.Path local = local();
    if (local == null) {
      work.run();
    } else {
      java.nio.file.Path lock = local.resolveSibling("." + local.getFileName() + ".lock");
      LocalLock.holding(lock, work);
    }
  }

  /** The folder, if it is this machine's own; else null. */
  private java.nio.file.Path local() {
    Path folder = new Path(path);
    try {
      var files = folder.getFileSystem(spark.sessionState().newHadoopConf());
      return files.getUri().getScheme().equals("file")
          ? java.nio.file.Path.of(files.makeQualified(folder).toUri().getPath())
          : null;
    } catch (java.io.IOException e) {
      throw new LockstepException(
          "cannot reach the ledger " + path + ": " + e.getMessage(), "Check --ledger", e);
    }
  }

  void commit(RunRecord run) {
    try {
      share();
      write(run);
    } catch (LockstepException e) {
      throw e;
    } catch (Exception e) { // Spark and Delta throw checked exceptions that no signature names.
      throw new LockstepException(
          "cannot write run %s to the ledger %s: %s".formatted(run.runId(), path, reason(e)),
          REPAIR,
          e);
    }
  }

  /** A new ledger on this machine is for all who may write into the folder around it. */
  private void share() throws java.io.IOException {
    java.nio.file.Path local = local();
    if (local != null && !java.nio.file.Files.exists(local)) {
      java.nio.file.Path log = local.resolve("_delta_log");
      java.nio.file.Files.createDirectories(log);
      FolderAccess.open(local);
      FolderAccess.open(log);
    }
  }

  private void write(RunRecord run) {
    Dataset<Row> row =
        spark
            .createDataset(List.of(Json.line(run)), Encoders.STRING())
            .select(from_json(col("value"), COLUMNS, FORM).as("run"))
            .select("run.*");
    for (int attempt = 1; ; attempt++) {
      try {
        row.write()
            .format("delta")
            .mode("append")
            .option("mergeSchema", true)
            .options(OF_A_NEW_TABLE)
            .save(path);
        return;
      } catch (DeltaConcurrentModificationException e) {
        if (attempt == TRIES) {
          throw new LockstepException(
              "other processes wrote to the ledger %s during each of %d tries"
                  .formatted(path, TRIES),
              "Try again when they have ended",
              e);
        }
        pause(attempt, run.runId());
      }
    }
  }

  /** Longer with each try, and not the same for two runs. */
  private static void pause(int attempt, String runId) {
    try {
      Thread.sleep(PAUSE_MILLIS * attempt + Math.floorMod(runId.hashCode(), PAUSE_MILLIS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while writing to the ledger", e);
    }
  }

  /**
   * Runs, newest first.
   *
   * @param where a SQL condition on the ledger's columns; empty for all
   * @param limit how many at most
   * @throws LockstepException if there is no ledger, or the condition is none
   */
  public List<RunRecord> runs(String where, int limit) {
    if (where.isBlank()) {
      return reading(() -> records(rows().limit(limit)));
    }
    Dataset<Row> chosen = reading(() -> filtered(rows(), where));
    try {
      return records(chosen.limit(limit));
    } catch (Exception e) { // As below; and a division by zero is seen only in the rows.
      reading(() -> records(rows()));
      throw notACondition(e);
    }
  }

  /**
   * The runs of an experiment that have a result, newest first; none where there is no ledger yet.
   *
   * @param experiment the experiment file, verbatim
   * @throws LockstepException if the ledger cannot be read
   */
  public List<RunRecord> finished(String experiment) {
    return reading(
        () ->
            isThere()
                ? records(
                    rows()
                        .where(col("experiment").equalTo(experiment))
                        .where(col("status").equalTo(RunRecord.Status.finished.name())))
                : List.of());
  }

  /**
   * How many runs there are.
   *
   * @return empty if there is no ledger yet
   * @throws LockstepException if it cannot be read
   */
  Optional<Integer> countRuns() {
    return reading(() -> isThere() ? Optional.of(records(rows()).size()) : Optional.empty());
  }

  private static Dataset<Row> filtered(Dataset<Row> rows, String where) {
    try {
      return rows.where(expr(where));
    } catch (Exception e) { // Spark's own analysis errors are checked, and named by no signature.
      throw notACondition(e);
    }
  }

  private static LockstepException notACondition(Exception e) {
    return new LockstepException(
        "--where is not a condition on the ledger: " + reason(e),
        "Its columns are %s; such as: metrics['mlp']['auc'] > 0.9 and data.source.version = 3"
            .formatted(String.join(", ", COLUMNS.fieldNames())),
        e);
  }

  /** What Spark and Delta say of a table that is torn becomes one line with the way out. */
  private <T> T reading(Supplier<T> work) {
    try {
      return work.get();
    } catch (LockstepException e) {
      throw e;
    } catch (Exception e) { // Spark and Delta throw checked exceptions that no signature names.
      throw new LockstepException(
          "the ledger %s cannot be read: %s".formatted(path, reason(e)), REPAIR, e);
    }
  }

  /** The innermost cause's first line, without the names of Java's classes. */
  private static String reason(Throwable e) {
    String reason = "";
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      String line = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
      if (cause.getMessage() != null && !line.isBlank()) {
        reason = line;
      }
    }
    return reason
        .replaceAll("([a-z][a-z0-9]*\\.){2,}[A-Z][A-Za-z$]*(Exception|Error)(: )?", "")
        .strip();
  }

  /**
   * One run; of one that failed and was resumed, how it ended at last.
   *
   * @param name its id, the beginning of it that no other has, or {@code latest}
   * @throws LockstepException if there is none, or several
   */
  public RunRecord find(String name) {
    return reading(() -> found(name));
  }

  private RunRecord found(String name) {
    Dataset<Row> rows = rows();
    List<String> ids = rows.select("runId").as(Encoders.STRING()).collectAsList();
    String id = new RunNames(path, ids).find(name);
    return records(rows.where(col("runId").equalTo(id)).limit(1)).get(0);
  }

  /**
   * Whether a run's row is in it. A run that failed and was resumed has several, each with its own
   * time.
   */
  public boolean contains(RunRecord run) {
    return reading(
        () ->
            isThere()
                && !rows()
                    .where(col("runId").equalTo(run.runId()))
                    .where(col("time").equalTo(Timestamp.from(Instant.parse(run.time()))))
                    .isEmpty());
  }

  private boolean isThere() {
    return DeltaTable.isDeltaTable(spark, path);
  }

  /** All rows, newest first, with all columns that this release knows. */
  private Dataset<Row> rows() {
    if (!isThere()) {
      throw LedgerPath.nothingAt(path);
    }
    Dataset<Row> rows = spark.read().format("delta").load(path);
    List<String> known = Arrays.asList(rows.columns());
    for (StructField column : COLUMNS.fields()) {
      if (!known.contains(column.name())) {
        rows = rows.withColumn(column.name(), lit(null).cast(column.dataType()));
      }
    }
    return rows.orderBy(col("time").desc(), col("runId").desc());
  }

  private static List<RunRecord> records(Dataset<Row> rows) {
    Column[] columns = Arrays.stream(COLUMNS.fieldNames()).map(n -> col(n)).toArray(Column[]::new);
    return rows
        .select(to_json(struct(columns), FORM))
        .as(Encoders.STRING())
        .collectAsList()
        .stream()
        .map(json -> Json.read(json, RunRecord.class))
        .toList();
  }
}
