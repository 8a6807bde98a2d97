package dev.lockstep.data.columnar;

import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/** A query's result in batches of columns. */
public final class ColumnBatches {
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
                scan.source()
                    .executeColumnar()
                    .toJavaRDD()
                    .mapPartitions(new ScanReader(scan.steps())))
        .orElseGet(() -> query.toRdd().toJavaRDD().mapPartitions(new RowsToColumns(rows.schema())));
  }
}
