package dev.lockstep.data.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.data.SparkExtension;
import dev.lockstep.data.Task;
import dev.lockstep.data.Vacuum;
import dev.lockstep.data.preparation.Preparation;
import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.data.preparation.PreparedRows;
import dev.lockstep.data.spec.DataSpec;
import dev.lockstep.data.spec.FeaturesSpec;
import dev.lockstep.data.spec.OnBadRow;
import dev.lockstep.data.spec.SplitSpec;
import io.delta.tables.DeltaTable;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class DataProfileTest {
  @TempDir static Path directory;
  private static SparkSession spark;

  @BeforeAll
  static void make(SparkSession session) {
    spark = session;
    spark
        .sql(
            """
            select * from values
              ('train', 1D, 'A', 'yes'), ('train', 1D, 'A', 'yes'), ('train', 1D, 'A', 'yes'),
              ('train', 1D, 'A', 'no'), ('train', 1D, 'A', 'no'), ('train', 1D, 'A', 'no'),
              ('train', 1D, 'B', 'no'), ('train', 1D, 'B', 'no')
            as t(part, `a.b`, `ti``ck`, left)""")
        .write()
        .format("delta")
        .option("delta.columnMapping.mode", "name") // For the blank.
        .save(path("odd"));
    spark
        .sql(
            """
            select * from values
              ('train', 1D, 'A', date'2026-01-01', 'yes'), ('train', 2D, 'B', date'2026-01-03', 'no'),
              ('train', 3D, 'B', date'2026-01-05', 'yes'), ('train', 4D, 'B', null, 'no'),
              ('train', null, 'B', null, 'no'), ('train', 6D, 'B', null, 'no'),
              ('test', 8D, 'A', date'2026-01-11', 'yes'), ('test', 4D, 'B', date'2026-01-05', 'no')
            as t(part, `a.b`, `ti``ck`, `some where`, left)""")
        .write()
        .format("delta")
        .mode("overwrite")
        .option("overwriteSchema", true)
        .save(path("odd"));
  }

  private static String path(String name) {
    return directory.resolve(name).toString();
  }

  private static DataSpec spec(
      String table, Task task, String label, String where, FeaturesSpec features) {
    SplitSpec split = new SplitSpec(null, null, null, "part", null, null);
    return new DataSpec(
        path(table),
        null,
        null,
        task,
        label,
        null,
        null,
        null,
        where,
        features,
        split,
        null,
        OnBadRow.DROP);
  }

  private static FeaturesSpec features(List<String> numeric, List<String> categorical) {
    return new FeaturesSpec(numeric, categorical, null, null);
  }

  private static DataSpec odd(FeaturesSpec features) {
    return spec("odd", Task.BINARY, "left", null, features);
  }

  private static DataProfile profile(DataSpec spec) {
    try (PreparedData data = Preparation.prepare(spark, spec, "quantile")) {
      return DataProfile.of(spark, spec, data);
    }
  }

  private static ColumnProfile column(DataProfile profile, String name) {
    return profile.columns().stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void columns_of_any_name_are_described_as_one_counts_by_hand() {
    DataProfile profile = profile(odd(features(List.of("a.b", "some where"), List.of("ti`ck"))));
    assertThat(profile.rows()).isEqualTo(8);
    assertThat(profile.leftOut()).isZero();
    assertThat(profile.columns())
        .extracting(ColumnProfile::name)
        .containsExactly("left", "a.b", "some where", "ti`ck");
    ColumnProfile number = column(profile, "a.b");
    assertThat(number.type()).isEqualTo("double");
    assertThat(number.missing()).isEqualTo(1);
    assertThat(number.distinct()).isEqualTo(6);
    Numbers range = number.numbers().orElseThrow();
    assertThat(range.least()).isEqualTo(1);
    assertThat(range.greatest()).isEqualTo(8);
    assertThat(range.mean()).isEqualTo(4, within(1e-8)); // 28 / 7
    assertThat(range.histogram()) // Each bin is 0.35 wide.
        .containsExactly(
            1L, 0L, 1L, 0L, 0L, 1L, 0L, 0L, 2L, 0L, 0L, 0L, 0L, 0L, 1L, 0L, 0L, 0L, 0L, 1L);
    ColumnProfile day = column(profile, "some where");
    assertThat(day.type()).isEqualTo("date");
    assertThat(day.missing()).isEqualTo(3);
    assertThat(day.numbers().orElseThrow().mean())
        .isEqualTo((double) LocalDate.of(2026, 1, 5).toEpochDay(), within(1e-7));
    assertThat(column(profile, "ti`ck").frequent())
        .containsExactly(new ValueCount("B", 6), new ValueCount("A", 2));
    assertThat(profile.balance().classes()).containsExactly("no", "yes");
    assertThat(profile.balance().rows().get("train")).containsExactly(4L, 2L);
    assertThat(profile.balance().rows().get("validation")).containsExactly(0L, 0L);
    assertThat(profile.balance().rows().get("test")).containsExactly(1L, 1L);
  }

  @Test
  void drift_is_the_stability_index_against_the_version_before_the_last_change() {
    DeltaTable.forPath(spark, path("odd")).optimize().executeCompaction();
    DataProfile profile = profile(odd(features(List.of("a.b", "some where"), List.of("ti`ck"))));
    Drift drift = profile.drift().orElseThrow();
    assertThat(drift.version()).isZero();
    assertThat(drift.rows()).isEqualTo(8);
    assertThat(drift.incomparable()).containsExactly("some where");
    // Of missing, unseen, B and A there were 0, 0, 2 and 6 rows, and are 0, 0, 6 and 2.
    double category = 2 * (6.5 - 2.5) / 10 * Math.log(6.5 / 2.5);
    assertThat(drift.index().get("ti`ck")).isEqualTo(category, within(1e-12));
    // Of 'no' and 'yes' 5 and 3 in both.
    assertThat(drift.index().get("left")).isZero();
    assertThat(drift.index().keySet()).last().isEqualTo("left");
    assertThat(drift.much()).contains("a.b", "ti`ck").doesNotContain("left");
  }

  @Test
  void a_table_of_one_version_or_whose_former_one_is_gone_says_why_there_is_no_drift() {
    spark
        .sql("select if(id < 8, 'train', 'test') part, double(id) x, id % 2 left from range(12)")
        .write()
        .format("delta")
        .save(path("one"));
    DataSpec spec = spec("one", Task.BINARY, "left", null, null);
    assertThat(profile(spec).noDrift())
        .contains("the table has no earlier version with other rows");
    DeltaTable table = DeltaTable.forPath(spark, path("one"));
    table.updateExpr(Map.of("x", "x + 1"));
    assertThat(profile(spec).drift()).isPresent();
    settings("set", "('delta.deletedFileRetentionDuration' = '0 hours')");
    assertThat(profile(spec).noDrift().orElseThrow())
        .contains("version 0 of", "is older than its delta.deletedFileRetentionDuration");
    settings("unset", "('delta.deletedFileRetentionDuration')");
    Vacuum.now(spark, table);
    assertThat(profile(spec).noDrift().orElseThrow())
        .contains("version 0 of", "no longer whole: VACUUM has removed");
  }

  private static void settings(String how, String what) {
    spark.sql("alter table delta.`%s` %s tblproperties %s".formatted(path("one"), how, what));
  }

  @Test
  void rows_that_are_left_out_are_counted_and_no_numeric_feature_is_no_trouble() {
    spark
        .sql(
            """
            select if(id % 5 < 4, 'train', 'test') part, concat('c', id % 3) kind,
              case when id = 7 then null when id % 2 = 0 then 'a' else 'b' end left
            from range(50)""")
        .write()
        .format("delta")
        .save(path("texts"));
    DataProfile profile =
        profile(
            spec(
                "texts",
                Task.BINARY,
                "left",
                "kind <> 'c2'",
                features(List.of(), List.of("kind"))));
    assertThat(profile.leftOut()).isEqualTo(16 + 1); // 2, 5, ... 47 by 'where', 7 has no label.
    assertThat(profile.rows()).isEqualTo(33);
    assertThat(column(profile, "kind").frequent())
        .containsExactly(new ValueCount("c0", 17), new ValueCount("c1", 16));
  }

  @Test
  void a_column_without_a_value_has_no_range() {
    DataSpec spec = odd(features(List.of("a.b"), List.of("ti`ck")));
    try (PreparedData data = Preparation.prepare(spark, spec, "quantile")) {
      Dataset<Row> nulls =
          data.sourceRows()
              .withColumn("a.b", functions.lit(null).cast("double"))
              .withColumn("ti`ck", functions.lit(null).cast("string"));
      DataProfile profile = DataProfile.of(spark, spec, used(data, nulls));
      assertThat(column(profile, "a.b").missing()).isEqualTo(8);
      assertThat(column(profile, "a.b").distinct()).isZero();
      assertThat(column(profile, "a.b").numbers()).isEmpty();
      assertThat(column(profile, "ti`ck").frequent()).isEmpty();
    }
  }

  private static PreparedData used(PreparedData data, Dataset<Row> rows) {
    return new PreparedData(
        data.snapshot(),
        data.testSnapshot(),
        new PreparedRows(
            data.features(),
            rows,
            data.batches(),
            data.encodedRows(),
            data.rows(),
            data.warnings(),
            data.leaking(),
            data.fingerprint(),
            data.prepared().places()));
  }

  @Test
  void files_and_partitions_change_nothing() {
    String many =
        """
        select if(id %% 10 < 8, 'train', if(id %% 10 = 8, 'validation', 'test')) part,
          (xxhash64(id) %% 100003) / 7D x, float(id / 3D) y, concat('k', id %% 700) k,
          (xxhash64(id, 1) %% 1009) / 13D amount
        from range(3000) %s""";
    DataProfile[] profiles = new DataProfile[2];
    for (int i = 0; i < 2; i++) {
      spark
          .sql(many.formatted(i == 0 ? "" : "order by xxhash64(id, 3)"))
          .repartition(i == 0 ? 1 : 7)
          .write()
          .format("delta")
          .save(path("many" + i));
      spark.conf().set("spark.sql.shuffle.partitions", i == 0 ? 1 : 5);
      try {
        profiles[i] = profile(spec("many" + i, Task.REGRESSION, "amount", null, null));
      } finally {
        spark.conf().set("spark.sql.shuffle.partitions", 2);
      }
    }
    assertThat(profiles[1]).isEqualTo(profiles[0]);
    ColumnProfile x = column(profiles[0], "x");
    assertThat(x.estimated()).isTrue();
    assertThat((double) x.distinct())
        .isEqualTo(2960, within(300.0)); // Some of 3,000 fall together.
    assertThat((double) column(profiles[0], "k").distinct()).isEqualTo(700, within(70.0));
    Numbers label = profiles[0].label().numbers().orElseThrow();
    assertThat(profiles[0].balance().classes()).isEmpty();
    List<Long> sums =
        IntStream.range(0, label.histogram().size())
            .mapToObj(
                bin ->
                    profiles[0].balance().rows().values().stream().mapToLong(r -> r.get(bin)).sum())
            .toList();
    assertThat(new ArrayList<>(sums)).isEqualTo(label.histogram());
  }
}
