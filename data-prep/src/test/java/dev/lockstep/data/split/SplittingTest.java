package dev.lockstep.data.split;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.SparkExtension;
import dev.lockstep.data.spec.FoldSpec;
import dev.lockstep.data.spec.SplitSpec;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class SplittingTest {
  private static final SplitSpec STRATIFIED =
      new SplitSpec(0.2, 0.3, null, null, null, null, null, null, null, true, null);

  private static SplitSpec byTime(String validationFrom, String testFrom) {
    return new SplitSpec(
        null, null, null, null, null, null, "day", validationFrom, testFrom, null, null);
  }

  private static Dataset<Row> split(
      Dataset<Row> rows, SplitSpec spec, List<String> key, String... all) {
    return rows.withColumn("part", new Splitting(spec, key, List.of(all), "label").of(rows));
  }

  private static Map<String, Long> counts(Dataset<Row> rows, String column) {
    Map<String, Long> counts = new TreeMap<>();
    rows.groupBy(column)
        .count()
        .collectAsList()
        .forEach(r -> counts.put(r.getString(0), r.getLong(1)));
    return counts;
  }

  private static Dataset<Row> rows(SparkSession spark, int count) {
    return spark.sql(
        """
        select id, id %% 100 person, if(xxhash64(id) %% 20 = 0, 'rare', 'often') label,
          date_add(date'2026-01-01', int(id %% 100)) day from range(%d)"""
            .formatted(count));
  }

  @Test
  void time_splits_at_its_borders(SparkSession spark) {
    Dataset<Row> split = split(rows(spark, 1000), byTime("2026-03-01", "2026-04-01"), List.of());
    assertThat(counts(split, "part"))
        .isEqualTo(Map.of("train", 590L, "validation", 310L, "test", 100L));
    assertThat(counts(split.where("day >= date'2026-04-01'"), "part")).containsOnlyKeys("test");
    assertThat(counts(split.where("day < date'2026-03-01'"), "part")).containsOnlyKeys("train");
  }

  @Test
  void a_key_belongs_where_its_latest_row_does(SparkSession spark) {
    Dataset<Row> rows =
        rows(spark, 300).withColumn("person", org.apache.spark.sql.functions.expr("id % 7"));
    Dataset<Row> split = split(rows, byTime(null, "2026-04-01"), List.of("person"));
    assertThat(
            split
                .groupBy("person")
                .agg(
                    org.apache
                        .spark
                        .sql
                        .functions
                        .count_distinct(org.apache.spark.sql.functions.col("part"))
                        .as("n"))
                .where("n > 1")
                .count())
        .isZero();
    assertThat(split.where("part = 'train' and day >= date'2026-04-01'").count()).isZero();
  }

  @Test
  void a_border_that_is_no_value_of_the_column_is_refused(SparkSession spark) {
    assertThatThrownBy(() -> split(rows(spark, 9), byTime(null, "spring"), List.of()))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("split.testFrom is 'spring', but 'day' is a column of type date");
    assertThatThrownBy(() -> byTime("2026-01-01", null))
        .hasMessageContaining("'split.testFrom' is missing");
  }

  @Test
  void every_class_has_its_shares_and_few_rows_move_as_the_table_grows(SparkSession spark) {
    Dataset<Row> small = split(rows(spark, 4000), STRATIFIED, List.of("id"), "id");
    long rare = small.where("label = 'rare'").count();
    Map<String, Long> parts = counts(small.where("label = 'rare'"), "part");
    assertThat(parts.get("test") / (double) rare).isBetween(0.29, 0.31);
    assertThat(parts.get("validation") / (double) rare).isBetween(0.19, 0.21);
    Dataset<Row> large = split(rows(spark, 5000), STRATIFIED, List.of("id"), "id");
    long moved = small.as("a").join(large.as("b"), "id").where("a.part <> b.part").count();
    assertThat(moved).isLessThan(4000 / 50);
  }

  @Test
  void a_stratified_key_stays_together(SparkSession spark) {
    Dataset<Row> split = split(rows(spark, 1000), STRATIFIED, List.of("person"), "id");
    assertThat(split.select("person", "part").distinct().count()).isEqualTo(100);
  }

  @Test
  void every_kind_of_split_survives_a_copy() {
    for (SplitSpec split :
        List.of(
            SplitSpec.defaults(),
            new SplitSpec(0.1, 0.2, 7, null, null, null),
            new SplitSpec(null, null, null, "part", null, null),
            new SplitSpec(null, null, null, null, "tables/test", null),
            byTime("2026-01-01", "2026-02-01"),
            byTime(null, "2026-02-01"),
            SplitSpec.defaults().withFold(new FoldSpec(2, 3), 1, true),
            new SplitSpec(null, null, null, null, null, null, null, null, null, true, null))) {
      assertThat(split.unpinned()).isEqualTo(split);
    }
  }

  @Test
  void every_row_is_a_test_row_in_one_fold(SparkSession spark) {
    Dataset<Row> rows = rows(spark, 1000);
    for (boolean stratify : new boolean[] {false, true}) {
      SplitSpec whole = new SplitSpec(0.25, null, null, null, null, null);
      for (int number = 1; number <= 4; number++) {
        SplitSpec fold = whole.withFold(new FoldSpec(number, 4), 1, stratify);
        rows =
            rows.withColumn(
                "fold" + number,
                new Splitting(fold, List.of("person"), List.of(), "label").of(rows));
      }
      for (int number = 1; number <= 4; number++) {
        Map<String, Long> counts = counts(rows, "fold" + number);
        assertThat(counts.get("test")).isBetween(180L, 320L);
        assertThat(counts.get("validation")).isBetween(180L, 320L);
        int next = number % 4 + 1;
        assertThat(counts(rows.where("fold%d = 'test'".formatted(next)), "fold" + number))
            .containsOnlyKeys("validation");
      }
      Row tests =
          rows.selectExpr(
                  "int(fold1 = 'test') + int(fold2 = 'test') + int(fold3 = 'test')"
                      + " + int(fold4 = 'test') n")
              .selectExpr("min(n)", "max(n)")
              .head();
      assertThat(List.of(tests.getInt(0), tests.getInt(1))).containsOnly(1);
      Row rare = rows.where("label = 'rare' and fold2 = 'test'").selectExpr("count(*)").head();
      long all = rows.where("label = 'rare'").count();
      if (stratify) {
        assertThat(rare.getLong(0)).isBetween(all / 4 - 3, all / 4 + 3);
      }
      rows = rows.drop("fold1", "fold2", "fold3", "fold4");
    }
  }

  @Test
  void another_repeat_cuts_other_folds(SparkSession spark) {
    SplitSpec split = SplitSpec.defaults();
    Dataset<Row> rows = rows(spark, 1000);
    for (int repeat = 0; repeat < 2; repeat++) {
      SplitSpec fold = split.withFold(new FoldSpec(1, 5), repeat, false);
      rows =
          rows.withColumn(
              "repeat" + repeat, new Splitting(fold, List.of("id"), List.of(), "label").of(rows));
    }
    assertThat(rows.where("repeat0 = 'test' and repeat1 = 'test'").count()).isBetween(15L, 70L);
  }

  @Test
  void folds_are_of_the_table_itself() {
    assertThatThrownBy(() -> byTime(null, "2026-02-01").withFold(new FoldSpec(1, 5), 0, false))
        .hasMessageContaining("split.time");
    assertThatThrownBy(() -> new FoldSpec(6, 5)).hasMessageContaining("split.fold is 6 of 5");
  }
}
