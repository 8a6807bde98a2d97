package dev.lockstep.data.columnar;

import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RuntimeConfig;
import org.apache.spark.sql.execution.FileSourceScanExec;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/** A query's result in batches of columns. */
public final class ColumnBatches {
  private static final String ROWS = "spark.sql.parquet.columnarReaderBatchSize";

  /** Spark's own number of rows. */
  private static final int FEWEST_ROWS = 4096;

  private static final int MOST_ROWS = 4 * FEWEST_ROWS;

  /** A batch of more values than so many has Spark's own number of rows. */
  private static final int VALUES = 1 << 19;

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
                batches(rows.sparkSession().conf(), scan.source())
                    .mapPartitions(new ScanReader(scan.steps())))
        .orElseGet(() -> query.toRdd().toJavaRDD().mapPartitions(new RowsToColumns(rows.schema())));
  }

  /**
   * The batches of a scan, larger than Spark's where its columns are few: what is looked up for
   * each column then comes from memory less often. Spark takes their size from the session alone.
   */
  private static JavaRDD<ColumnarBatch> batches(RuntimeConfig session, FileSourceScanExec scan) {
    if (session.contains(ROWS)) {
      return scan.executeColumnar().toJavaRDD();
    }
    int fitting = Integer.highestOneBit(VALUES / Math.max(1, scan.output().size()));
    session.set(ROWS, Math.max(FEWEST_ROWS, Math.min(MOST_ROWS, fitting)));
    try {
      return scan.executeColumnar().toJavaRDD();
    } finally {
      session.unset(ROWS);
    }
  }
}
