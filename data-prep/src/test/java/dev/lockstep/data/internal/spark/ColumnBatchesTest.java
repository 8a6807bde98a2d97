package dev.lockstep.data.internal.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.xxhash64;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.data.SparkDefaults;
import dev.lockstep.data.SparkExtension;
import io.delta.tables.DeltaTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What is read in columns is what Spark reads. */
@ExtendWith({SparkExtension.class, SparkDefaults.class})
class ColumnBatchesTest {
  private static final List<String> TYPES =
      List.of("yes", "tiny", "small", "whole", "big", "real", "exact", "word", "day", "moment");

  @TempDir static Path directory;

  private static String everyType(SparkSession spark, String name) {
    String path = directory.resolve(name).toString();
    spark
        .sql(
            """
            select id,
              if(id % 11 = 0, null, id % 2 = 0) as yes,
              cast(if(id % 13 = 0, null, id % 100) as tinyint) as tiny,
              cast(if(id % 17 = 0, null, id * 3) as smallint) as small,
              cast(if(id % 19 = 0, null, id * 7919) as int) as whole,
              if(id % 23 = 0, null, id * 7919000000) as big,
              case id % 9 when 0 then null when 1 then float('nan') when 2 then float('-0.0')
                when 3 then float('-inf') else cast(sin(id) as float) end as real,
              case id % 8 when 0 then null when 1 then double('nan') when 2 then -0.0D
                when 3 then double('inf') else id * sin(id) end as exact,
              if(id % 7 = 0, null, concat('word ', id % 50)) as word,
              if(id % 29 = 0, null, date_add(date '2020-01-01', cast(id as int))) as day,
              if(id % 31 = 0, null, timestamp_seconds(id * 1000)) as moment,
              if(id % 37 = 0, null, cast(id as decimal(12, 3)) / 7) as price,
              concat('p', id % 3) as part
            from range(5000)""")
        .repartition(3)
        .write()
        .format("delta")
        .partitionBy("part")
        .option("delta.enableDeletionVectors", "true")
        .save(path);
    return path;
  }

  private static Dataset<Row> read(SparkSession spark, String table) {
    return spark.read().format("delta").load(table);
  }

  private static Column hash() {
    return xxhash64(
        Stream.concat(Stream.of(lit("row")), TYPES.stream().map(c -> col(c)))
            .toArray(Column[]::new));
  }

  /** All that data preparation asks for. */
  private static Dataset<Row> asked(Dataset<Row> rows) {
    return rows.select(
        col("id"),
        hash().as("hash"),
        expr("if(xxhash64('split', id) % 3 = 0, 'test', 'train')").as("split"),
        xxhash64(lit("again"), hash()).as("rehashed"),
        col("whole").cast("double"),
        col("tiny").cast("double"),
        col("small").cast("double"),
        col("big").cast("double"),
        col("real").cast("double"),
        col("price").cast("double"),
        col("moment").cast("double"),
        col("yes").cast("string"),
        col("exact"),
        col("word"),
        col("part"),
        lit(1.0).as("one"));
  }

  private static boolean isColumnar(Dataset<Row> query) {
    return ScanQuery.of(query.queryExecution().sparkPlan()).isPresent();
  }

  private static List<Row> rows(Dataset<Row> query) {
    return rows(query, ColumnBatches.of(query));
  }

  private static List<Row> rows(Dataset<Row> query, JavaRDD<ColumnarBatch> batches) {
    DataType[] types =
        Arrays.stream(query.schema().fields()).map(f -> f.dataType()).toArray(DataType[]::new);
    return batches.flatMap(batch -> rows(batch, types).iterator()).collect().stream()
        .sorted((a, b) -> Long.compare(a.getLong(0), b.getLong(0)))
        .toList();
  }

  private static List<Row> rows(ColumnarBatch batch, DataType[] types) {
    assertThat(batch.numRows()).isPositive();
    List<Row> rows = new ArrayList<>();
    for (int row = 0; row < batch.numRows(); row++) {
      Object[] values = new Object[types.length];
      for (int i = 0; i < types.length; i++) {
        ColumnVector column = batch.column(i);
        if (!column.isNullAt(row)) {
          values[i] =
              types[i].equals(DataTypes.LongType)
                  ? (Object) column.getLong(row)
                  : types[i].equals(DataTypes.DoubleType)
                      ? (Object) Double.doubleToRawLongBits(column.getDoubles(row, 1)[0])
                      : StringColumn.of(column, batch.numRows()).get(row).toString();
        }
      }
      rows.add(RowFactory.create(values));
    }
    return rows;
  }

  /** What Spark finds, with doubles by their bits. */
  private static List<Row> expected(Dataset<Row> query) {
    return query.collectAsList().stream()
        .sorted((a, b) -> Long.compare(a.getLong(0), b.getLong(0)))
        .map(
            row -> {
              Object[] values = new Object[row.size()];
              for (int i = 0; i < values.length; i++) {
                Object value = row.get(i);
                values[i] = value instanceof Double d ? Double.doubleToRawLongBits(d) : value;
              }
              return RowFactory.create(values);
            })
        .toList();
  }

  private static void check(Dataset<Row> query, boolean columnar) {
    assertThat(isColumnar(query)).isEqualTo(columnar);
    List<Row> expected = expected(query);
    assertThat(expected).hasSizeGreaterThan(100);
    assertThat(rows(query).equals(expected)).isTrue();
  }

  @Test
  void every_type_is_passed_on_cast_and_hashed_as_spark_does(SparkSession spark) {
    check(asked(read(spark, everyType(spark, "types"))), true);
  }

  @Test
  void filtered_and_deleted_rows_are_left_out(SparkSession spark) {
    String table = everyType(spark, "filtered");
    DeltaTable.forPath(spark, table).delete("id % 10 = 3");
    check(asked(read(spark, table)), true);
    check(asked(read(spark, table).where("whole > 0 or word = 'word 3'").where("id < 4000")), true);
    check(asked(read(spark, table).where("part <> 'p1'")), true);
    assertThat(rows(asked(read(spark, table).where("id < 0")))).isEmpty();
  }

  @Test
  void columns_computed_of_computed_ones_are_computed_once_more(SparkSession spark) {
    Dataset<Row> rows = read(spark, everyType(spark, "nested")).where("id % 2 = 0");
    Dataset<Row> renamed =
        rows.withColumn("exact", expr("exact + 1")).where("exact > 1 or word is null");
    check(asked(renamed), true);
    check(asked(renamed).select(col("id"), expr("concat(split, word)"), col("hash")), true);
  }

  @Test
  void columns_that_are_known_are_not_computed(SparkSession spark) {
    Dataset<Row> query = asked(read(spark, everyType(spark, "known")).where("whole > 0"));
    List<Row> expected =
        rows(query).stream()
            .map(
                row -> {
                  Object[] values = new Object[row.size()];
                  Arrays.setAll(values, i -> i == 1 || i == 2 ? null : row.get(i));
                  return RowFactory.create(values);
                })
            .toList();
    assertThat(expected).hasSizeGreaterThan(100);
    assertThat(rows(query, ColumnBatches.without(query, Set.of(1, 2)).orElseThrow()))
        .isEqualTo(expected);
    assertThat(ColumnBatches.without(query.orderBy("exact"), Set.of(1, 2))).isEmpty();
  }

  @Test
  void other_queries_run_as_spark_runs_them(SparkSession spark) {
    Dataset<Row> rows = read(spark, everyType(spark, "other"));
    check(asked(rows.union(rows.withColumn("id", expr("id + 5000")))), false);
    check(asked(rows.where("id in (select max(id) from range(4000)) or id < 300")), false);
    check(asked(rows).orderBy("exact"), false);
    check(asked(rows).withColumn("drawn", expr("rand(7)")), false);
  }
}
