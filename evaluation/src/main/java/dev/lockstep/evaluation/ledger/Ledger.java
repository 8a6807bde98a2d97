package dev.lockstep.evaluation.ledger;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.from_json;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;

import dev.lockstep.data.Json;
import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Names;
import io.delta.exceptions.DeltaConcurrentModificationException;
import io.delta.tables.DeltaTable;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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
          runId STRING, time TIMESTAMP, command STRING, status STRING, error STRING,
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
          folder STRING
          """);
  private static final Map<String, String> FORM = Map.of("mode", "FAILFAST", "timeZone", "UTC");

  /** A file is a row, so statistics for skipping files would cost more than the rows. */
  private static final Map<String, String> OF_A_NEW_TABLE =
      Map.of("delta.dataSkippingNumIndexedCols", "0", "delta.checkpointInterval", "50");

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

  /** The ledger among the runs of an output folder. */
  public static String beside(String output) {
    return output + "/ledger";
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
    java.nio.file.Path local = local();
    if (local == null) {
      commit(run);
    } else {
      java.nio.file.Path lock = local.resolveSibling("." + local.getFileName() + ".lock");
      LocalLock.holding(lock, () -> commit(run));
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
              "others wrote to the ledger %s at each of %d tries".formatted(path, TRIES),
              "The run itself is whole, in " + run.folder(),
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
    Dataset<Row> rows = rows();
    return records((where.isBlank() ? rows : filtered(rows, where)).limit(limit));
  }

  private Dataset<Row> filtered(Dataset<Row> rows, String where) {
    try {
      return rows.where(expr(where));
    } catch (Exception e) { // Spark's own analysis errors are checked, and named by no signature.
      throw new LockstepException(
          "--where is not a condition on the ledger: "
              + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
          "Its columns are %s; such as: metrics['mlp']['auc'] > 0.9 and data.source.version = 3"
              .formatted(String.join(", ", rows.columns())),
          e);
    }
  }

  /**
   * One run.
   *
   * @param name its id, the beginning of it that no other has, or {@code latest}
   * @throws LockstepException if there is none, or several
   */
  public RunRecord find(String name) {
    Dataset<Row> rows = rows();
    if (name.equals(LATEST)) {
      return records(rows.limit(1)).stream()
          .findFirst()
          .orElseThrow(() -> new LockstepException("the ledger has no run yet", "Make one"));
    }
    List<RunRecord> found = records(rows.where(col("runId").startsWith(name)).limit(5));
    List<RunRecord> same = found.stream().filter(r -> r.runId().equals(name)).toList();
    if (found.size() == 1 || !same.isEmpty()) {
      return same.isEmpty() ? found.get(0) : same.get(0);
    }
    if (found.isEmpty()) {
      List<String> known = rows.select("runId").as(Encoders.STRING()).collectAsList();
      throw new LockstepException(
          "no run '%s' in the ledger %s".formatted(name, path),
          "Did you mean '%s'? 'lockstep runs' lists them".formatted(Names.nearest(name, known)));
    }
    throw new LockstepException(
        "several runs begin with '%s', such as %s and %s"
            .formatted(name, found.get(0).runId(), found.get(1).runId()),
        "Give more of the id");
  }

  /** All rows, newest first, with all columns that this release knows. */
  private Dataset<Row> rows() {
    if (!DeltaTable.isDeltaTable(spark, path)) {
      throw new LockstepException(
          "there is no ledger at " + path,
          "'lockstep compare' makes one beside its runs; --ledger says where it is");
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
