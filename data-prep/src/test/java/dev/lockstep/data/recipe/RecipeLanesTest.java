package dev.lockstep.data.recipe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.lockstep.data.DataSpec;
import dev.lockstep.data.Preparation;
import dev.lockstep.data.PreparedData;
import dev.lockstep.data.SparkExtension;
import dev.lockstep.data.Task;
import dev.lockstep.data.lanes.LaneShuffle;
import io.delta.tables.DeltaTable;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class RecipeLanesTest {
  @TempDir static Path directory;

  private static String path(String name) {
    return directory.resolve(name).toString();
  }

  private static Recipe recipe() {
    return Recipe.parse(
        """
        sources:
          customers: {table: DIR/customers}
          events: {table: DIR/events, time: bought_on}
        rows: {source: customers, key: id, time: "date'2026-05-30'"}
        steps:
        - aggregate:
            source: events
            by: {id: customer}
            windows: [7d, 90d]
            features: {spent: sum(amount), mean: mean(amount), spread: std(amount), last: last(amount)}
        - earlier: {by: region, features: {near: "mean(spent_90d, 5)"}}
        - derive: {left: "if(spent_7d < 30, 'yes', 'no')"}
        """
            .replace("DIR", directory.toString()),
        "r.yaml");
  }

  /** The bytes of all lanes of a feature table that is made with so many shuffle partitions. */
  private static byte[] lanes(SparkSession spark, int partitions) {
    // Relative, as a person writes it.
    Path whole = Path.of(path("features" + partitions));
    String out = Path.of("").toAbsolutePath().relativize(whole).toString();
    spark.conf().set("spark.sql.shuffle.partitions", partitions);
    try {
      new Prepare(spark, recipe(), "", new PrepareOptions(out, false, false)).run();
      if (partitions > 1) {
        DeltaTable.forPath(spark, out).optimize().executeCompaction();
      }
      DataSpec spec =
          new DataSpec(
              out, null, null, Task.BINARY, "left", null, List.of("id"), null, null, null, null);
      try (PreparedData data = Preparation.prepare(spark, spec, "quantile")) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        LaneShuffle.shuffle(data.encoded(), 16, 2)
            .toJavaRDD()
            .map(row -> ((UnsafeRow) row).getBytes())
            .collect()
            .forEach(bytes::writeBytes);
        return bytes.toByteArray();
      }
    } finally {
      spark.conf().set("spark.sql.shuffle.partitions", 2);
    }
  }

  @Test
  void files_and_partitions_of_sources_and_features_do_not_change_a_byte_of_the_lanes(
      SparkSession spark) {
    spark
        .sql("select int(id) id, concat('r', id % 3) region from range(300)")
        .repartition(3)
        .write()
        .format("delta")
        .save(path("customers"));
    for (int i = 0; i < 3; i++) {
      spark
          .sql(
              """
              select int(id %% 300) customer, date_add(date'2026-02-01', int(abs(xxhash64(%d, id)) %% 130)) bought_on,
                (abs(xxhash64(id, %d)) %% 9973) / 7D amount
              from range(3000)"""
                  .formatted(i, i))
          .repartition(4)
          .write()
          .format("delta")
          .mode("append")
          .save(path("events"));
    }
    byte[] one = lanes(spark, 1);
    DeltaTable.forPath(spark, path("events")).optimize().executeCompaction();
    spark
        .read()
        .format("delta")
        .load(path("customers"))
        .repartition(7)
        .write()
        .format("delta")
        .mode("overwrite")
        .save(path("customers"));
    assertArrayEquals(one, lanes(spark, 13));
    assertArrayEquals(one, lanes(spark, 200));
  }
}
