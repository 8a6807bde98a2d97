package dev.lockstep.data.internal.spark;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RuntimeConfig;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.FileSourceScanExec;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import scala.jdk.javaapi.CollectionConverters;

/** A query's result in batches of columns. */
public final class ColumnBatches {
  private static final String ROWS = "spark.sql.parquet.columnarReaderBatchSize";
  private static final String READ_AHEAD = "parquet.hadoop.vectored.io.enabled";

  /** Spark's own number of rows. */
  private static final int FEWEST_ROWS = 4096;

  private static final int MOST_ROWS = 4 * FEWEST_ROWS;

  /** A batch of more values than so many has Spark's own number of rows. */
  private static final int VALUES = 1 << 20;

  private ColumnBatches() {}

  /**
   * The rows of a query. One that reads a columnar file, filters it and computes columns is run
   * column by column; any other as Spark does, and its rows are turned into columns.
   *
   * @param rows a query whose columns are booleans, numbers or strings
   * @return batches of some thousand rows at most, none empty; each is valid until the next is
   *     asked for
   */
  public static JavaRDD<ColumnarBatch> of(Dataset<Row> rows) {
    QueryExecution query = rows.queryExecution();
    return ScanQuery.of(query.sparkPlan())
        .map(
            scan ->
                batches(rows.sparkSession(), scan.source())
                    .mapPartitions(new ScanReader(scan.steps())))
        .orElseGet(() -> query.toRdd().toJavaRDD().mapPartitions(new RowsToColumns(rows.schema())));
  }

  /**
   * The same rows in the same order, but some columns are null instead of being computed.
   *
   * @param rows the same dataset, not one like it
   * @param places of those columns
   * @return nothing where the query does not say in which order its rows come
   */
  public static Optional<JavaRDD<ColumnarBatch>> without(Dataset<Row> rows, Set<Integer> places) {
    return ScanQuery.of(rows.queryExecution().sparkPlan())
        .map(
            scan ->
                batches(rows.sparkSession(), scan.source())
                    .mapPartitions(new ScanReader(scan.steps().without(places))));
  }

  /**
   * The batches of a scan, larger than Spark's where its columns are few: what is looked up for
   * each column then comes from memory less often. Files of a local disk are read by the thread
   * that computes, as other threads would only take its processor. Spark takes both settings from
   * the session alone; what a user has set stays.
   */
  private static JavaRDD<ColumnarBatch> batches(SparkSession spark, FileSourceScanExec scan) {
    RuntimeConfig session = spark.conf();
    int fitting = Integer.highestOneBit(VALUES / Math.max(1, scan.output().size()));
    Map<String, String> settings = new HashMap<>();
    settings.put(ROWS, String.valueOf(Math.max(FEWEST_ROWS, Math.min(MOST_ROWS, fitting))));
    boolean local =
        CollectionConverters.asJava(scan.relation().location().rootPaths()).stream()
            .allMatch(path -> "file".equals(path.toUri().getScheme()));
    if (local && spark.sparkContext().hadoopConfiguration().get(READ_AHEAD) == null) {
      settings.put(READ_AHEAD, "false");
    }
    synchronized (spark.sparkContext()) { // Of two at once, one took the other's for a user's.
      settings.keySet().removeIf(session::contains);
      settings.forEach(session::set);
      try {
        return scan.executeColumnar().toJavaRDD();
      } finally {
        settings.keySet().forEach(session::unset);
      }
    }
  }
}
