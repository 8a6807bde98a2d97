package dev.lockstep.data.preparation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.SparkExtension;
import dev.lockstep.data.Task;
import dev.lockstep.data.features.FeatureModel;
import dev.lockstep.data.lanes.HashPartitions;
import dev.lockstep.data.spec.DataSpec;
import dev.lockstep.data.spec.FeaturesSpec;
import dev.lockstep.data.spec.SplitSpec;
import dev.lockstep.data.split.Split;
import io.delta.tables.DeltaTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
@Tag("every-spark")
class PreparationTest {
  private static final StructType SCHEMA =
      new StructType()
          .add("id", DataTypes.LongType)
          .add("age", DataTypes.DoubleType)
          .add("city", DataTypes.StringType)
          .add("empty", DataTypes.DoubleType)
          .add("left", DataTypes.StringType);

  @TempDir static Path directory;
  private static SparkSession spark;
  private static String table;

  @BeforeAll
  static void make(SparkSession session) {
    spark = session;
    table = directory.resolve("people").toString();
    rows(0, 400).repartition(3).write().format("delta").save(table);
    rows(400, 600).write().format("delta").mode("append").save(table);
  }

  private static Dataset<Row> rows(int from, int to) {
    List<Row> rows = new ArrayList<>();
    String[] cities = {"Rome", "Oslo", "Bern", null};
    for (int i = from; i < to; i++) {
      Random random = new Random(i);
      Double age = i % 9 == 0 ? null : Math.rint(20 + 50 * random.nextDouble());
      String city = cities[random.nextInt(4)];
      String left = random.nextDouble() < 0.3 ? "yes" : "no";
      rows.add(RowFactory.create((long) i, age, city, null, left));
    }
    return spark.createDataFrame(rows, SCHEMA);
  }

  private static DataSpec spec(Long version) {
    return new DataSpec(
        table,
        version,
        null,
        Task.BINARY,
        "left",
        null,
        List.of("id"),
        null,
        null,
        new FeaturesSpec(List.of("age"), List.of("city"), null, null),
        null);
  }

  private static List<Row> encoded(DataSpec spec) {
    try (PreparedData data = Preparation.prepare(spark, spec, "quantile")) {
      return HashPartitions.of(data.encodedRows(), 2).collectAsList();
    }
  }

  @Test
  void files_and_partitions_do_not_change_a_bit() {
    List<Row> before = encoded(spec(1L));
    DeltaTable.forPath(spark, table).optimize().executeCompaction();
    spark.conf().set("spark.sql.shuffle.partitions", 7);
    try {
      assertThat(encoded(spec(1L))).isEqualTo(before);
      assertThat(encoded(spec(2L))).isEqualTo(before);
    } finally {
      spark.conf().set("spark.sql.shuffle.partitions", 2);
    }
  }

  @Test
  void a_row_stays_in_its_split_as_the_table_grows() {
    try (PreparedData small = Preparation.prepare(spark, spec(0L), "standard");
        PreparedData large = Preparation.prepare(spark, spec(1L), "standard")) {
      assertThat(small.rows().values().stream().mapToLong(n -> n).sum()).isEqualTo(400);
      assertThat(large.rows().values().stream().mapToLong(n -> n).sum()).isEqualTo(600);
      List<Row> before = small.test().select("hash").collectAsList();
      List<Row> after = large.test().select("hash").collectAsList();
      assertThat(after).containsAll(before);
      assertThat(large.rows().get(Split.TEST)).isEqualTo(after.size());
    }
  }

  @Test
  void a_saved_feature_model_encodes_to_the_same_bits() {
    String folder = directory.resolve("model").toString();
    try (PreparedData data = Preparation.prepare(spark, spec(1L), "robust")) {
      data.features().save(folder, spark);
      FeatureModel loaded = FeatureModel.load(folder, spark);
      assertThat(loaded).isEqualTo(data.features());
      assertThat(loaded.sha256()).isEqualTo(data.features().sha256());
      assertThat(data.features().layout().numeric())
          .extracting("name")
          .containsExactly("age", "age_missing");
      assertThat(data.features().layout().categorical().get(0).size()).isEqualTo(5);
    }
  }

  private static void refused(UnaryOperator<DataSpec> change, String message) {
    assertThatThrownBy(() -> Preparation.prepare(spark, change.apply(spec(1L)), "quantile"))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining(message);
  }

  private static DataSpec with(DataSpec s, String label, FeaturesSpec features, SplitSpec split) {
    return new DataSpec(
        s.table(), s.version(), null, s.task(), label, null, s.key(), null, null, features, split);
  }

  private static DataSpec numeric(DataSpec s, String... columns) {
    return with(s, "left", new FeaturesSpec(List.of(columns), null, null, null), null);
  }

  @Test
  void a_label_that_is_not_there_is_named_with_the_nearest() {
    refused(s -> with(s, "lefd", null, null), "label 'lefd' is not a column");
    refused(s -> with(s, "lefd", null, null), "Did you mean 'left'?");
  }

  @Test
  void a_feature_that_is_not_there_is_named_with_the_nearest() {
    refused(s -> numeric(s, "agee"), "Did you mean 'age'?");
  }

  @Test
  void a_text_that_is_said_to_be_a_number_is_refused() {
    refused(s -> numeric(s, "city"), "'city' is said to be numeric, but it is a column of type");
  }

  @Test
  void a_feature_without_values_is_refused() {
    refused(s -> numeric(s, "empty"), "feature 'empty' has no value in the train split");
  }

  @Test
  void a_label_with_one_value_is_refused() {
    refused(
        s ->
            new DataSpec(
                s.table(),
                1L,
                null,
                s.task(),
                "left",
                null,
                s.key(),
                null,
                "left = 'no'",
                s.features(),
                null),
        "label 'left' has only one value in the train split: no");
  }

  @Test
  void a_label_that_is_missing_in_rows_is_refused_with_the_count() {
    refused(s -> with(s, "city", numeric(s, "age").features(), null), "label 'city' is missing in");
  }

  @Test
  void a_version_that_does_not_exist_is_refused_with_those_that_do() {
    assertThatThrownBy(() -> Preparation.prepare(spark, spec(99L), "quantile"))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("has no version 99; it has 0 to");
  }

  @Test
  void a_moment_before_the_first_commit_or_without_a_zone_is_refused() {
    DataSpec early = at("2001-01-01T00:00:00Z");
    DataSpec zoneless = at("2026-01-01 00:00:00");
    assertThatThrownBy(() -> Preparation.prepare(spark, early, "quantile"))
        .hasMessageContaining("is before the first commit");
    assertThatThrownBy(() -> Preparation.prepare(spark, zoneless, "quantile"))
        .hasMessageContaining("not a time with a time zone");
  }

  private static DataSpec at(String timestamp) {
    DataSpec s = spec(null);
    return new DataSpec(
        s.table(), null, timestamp, s.task(), s.label(), null, s.key(), null, null, null, null);
  }

  @Test
  void a_table_that_is_not_there_is_refused() {
    DataSpec s = spec(null);
    DataSpec lost =
        new DataSpec(
            directory.resolve("nowhere").toString(),
            null,
            null,
            s.task(),
            s.label(),
            null,
            s.key(),
            null,
            null,
            null,
            null);
    assertThatThrownBy(() -> Preparation.prepare(spark, lost, "quantile"))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("there is no Delta table at");
  }
}
