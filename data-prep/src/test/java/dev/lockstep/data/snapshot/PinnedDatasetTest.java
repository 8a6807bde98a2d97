package dev.lockstep.data.snapshot;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.data.SparkExtension;
import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Tag("every-spark")
@ExtendWith(SparkExtension.class)
class PinnedDatasetTest {
  @TempDir Path directory;

  private String table(SparkSession spark, String name) {
    String path = directory.resolve(name).toString();
    spark.range(10).toDF("id").write().format("delta").save(path);
    return path;
  }

  private static void append(SparkSession spark, String path) {
    spark.range(10, 15).toDF("id").write().format("delta").mode("append").save(path);
  }

  @Test
  void rows_that_come_later_are_not_read(SparkSession spark) {
    String left = table(spark, "left");
    String right = table(spark, "right");
    append(spark, right);
    Dataset<Row> joined =
        spark
            .read()
            .format("delta")
            .load(left)
            .join(spark.read().format("delta").load(right), "id")
            .where(col("id").gt(1));
    append(spark, left);
    PinnedDataset pinned = PinnedDataset.of(joined);
    append(spark, right);
    append(spark, left);
    assertThat(pinned.rows().count()).isEqualTo(13);
    assertThat(joined.count()).isGreaterThan(13);
    assertThat(pinned.tables()).extracting(PinnedTable::version).containsExactly(1L, 1L);
    assertThat(pinned.tables().get(0).location()).endsWith("left");
    assertThat(pinned.rows().schema()).isEqualTo(joined.schema());
  }

  @Test
  void an_older_version_stays_the_one_that_was_asked_for(SparkSession spark) {
    String path = table(spark, "old");
    append(spark, path);
    PinnedDataset pinned =
        PinnedDataset.of(spark.read().format("delta").option("versionAsOf", 0).load(path));
    assertThat(pinned.tables()).extracting(PinnedTable::version).containsExactly(0L);
    assertThat(pinned.rows().count()).isEqualTo(10);
  }

  @Test
  void what_is_cached_and_what_is_no_table_stays_as_it_is(SparkSession spark) {
    Dataset<Row> cached = spark.read().format("delta").load(table(spark, "cached")).cache();
    assertThat(cached.count()).isEqualTo(10);
    assertThat(PinnedDataset.of(cached).rows()).isSameAs(cached);
    String other = table(spark, "other");
    PinnedDataset pinned =
        PinnedDataset.of(cached.join(spark.read().format("delta").load(other), "id"));
    append(spark, other);
    assertThat(pinned.tables()).extracting(PinnedTable::location).containsExactly("file:" + other);
    assertThat(pinned.rows().queryExecution().executedPlan().toString())
        .contains("InMemoryTableScan");
    assertThat(pinned.rows().count()).isEqualTo(10);
    cached.unpersist();
    assertThat(PinnedDataset.of(spark.range(3).toDF()).tables()).isEmpty();
  }
}
