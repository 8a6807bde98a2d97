package dev.lockstep.evaluation.comparison;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.data.SparkExtension;
import dev.lockstep.data.Task;
import dev.lockstep.data.preparation.Preparation;
import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.data.spec.DataSpec;
import dev.lockstep.data.spec.SplitSpec;
import dev.lockstep.evaluation.metrics.Scores;
import dev.lockstep.evaluation.uncertainty.Units;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class TestUnitsTest {
  @TempDir static Path directory;
  private static SparkSession spark;
  private static String table;

  /** Of 100 shops six visits each, on 60 days; every tenth visit is there twice. */
  @BeforeAll
  static void visits(SparkSession session) {
    spark = session;
    table = directory.resolve("visits").toString();
    spark
        .range(600)
        .selectExpr(
            "id % 100 as shop",
            "id as visit",
            "date_add(date'2026-01-01', cast(id div 10 as int)) as day",
            "sin(id) as x",
            "if(sin(id) + cos(3 * id) > 0, 'yes', 'no') as bought",
            "if(id % 10 = 0, 2, 1) as copies")
        .selectExpr("*", "explode(sequence(1, copies)) as copy")
        .drop("copy", "copies")
        .write()
        .format("delta")
        .save(table);
  }

  private static Units units(List<String> key, SplitSpec split) {
    DataSpec spec =
        new DataSpec(table, 0L, null, Task.BINARY, "bought", null, key, null, null, null, split);
    try (PreparedData data = Preparation.prepare(spark, spec, "standard")) {
      Scores rows =
          Scores.collect(
              data.features().label(),
              data.test().withColumn("prediction", array(lit(0.5), lit(0.5))));
      Units units = TestUnits.of(spark, spec, data, rows);
      assertThat(units.rows()).isEqualTo(rows.rows());
      return units;
    }
  }

  private static SplitSpec late() {
    return new SplitSpec(
        null, null, null, null, null, null, "day", "2026-01-31", "2026-02-10", null, null);
  }

  @Test
  void rows_of_one_key_are_one() {
    Units shops = units(List.of("shop"), new SplitSpec(0.2, 0.4, 0, null, null, null));
    assertThat(shops.kind()).isEqualTo(Units.Kind.key);
    assertThat(shops.count()).isBetween(25, 55);
    // A shop has six visits, or more where some are there twice.
    assertThat(shops.rows()).isBetween(6 * shops.count(), 7 * shops.count() + 60);
  }

  @Test
  void without_a_key_each_row_is_one() {
    Units rows = units(List.of(), new SplitSpec(0.2, 0.4, 0, null, null, null));
    assertThat(rows.kind()).isEqualTo(Units.Kind.row);
    assertThat(rows.count()).isEqualTo(rows.rows());
  }

  @Test
  void rows_that_are_there_twice_are_one() {
    Units visits = units(List.of("visit", "shop"), new SplitSpec(0.2, 0.4, 3, null, null, null));
    assertThat(visits.kind()).isEqualTo(Units.Kind.key);
    assertThat(visits.count()).isLessThan(visits.rows());
  }

  @Test
  void where_the_split_is_in_time_blocks_of_time_are() {
    Units days = units(List.of(), late());
    assertThat(days.kind()).isEqualTo(Units.Kind.block);
    // Twenty days of eleven rows each in twelve blocks.
    assertThat(days.count()).isEqualTo(12);
  }
}
