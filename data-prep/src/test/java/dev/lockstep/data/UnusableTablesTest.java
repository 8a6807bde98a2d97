package dev.lockstep.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.data.features.FeaturesSpec;
import dev.lockstep.data.split.Split;
import dev.lockstep.data.split.SplitSpec;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Tables whose names and values are unlike most: used if they can be, else refused by name. */
@ExtendWith(SparkExtension.class)
class UnusableTablesTest {
  private static final SplitSpec BY_PART = new SplitSpec(null, null, null, "part", null, null);

  @TempDir static Path directory;
  private static SparkSession spark;
  private static String table;

  @BeforeAll
  static void make(SparkSession session) {
    spark = session;
    // The path, and the folders of its partitions, hold blanks and a percent sign.
    table = directory.resolve("my table").toString();
    spark
        .sql(
            """
            select id, double(id % 50) as age, if(id % 2 = 0, 'yes', 'no') as left,
              if(id % 5 < 3, 'train', if(id % 5 = 3, 'validation', 'test')) as part,
              concat('a b', id % 2, '%1') as area, map('k', id) as tags,
              id % 11 as hash, id % 7 as Split, 'x' as text,
              if(id = 4, double('NaN'), double(id)) as late,
              if(id = 9, double('Infinity'), double(id)) as later,
              if(id = 3, double('NaN'), 1D) as w, if(id = 4, 'oops', string(id)) as mixed
            from range(200)""")
        .write()
        .format("delta")
        .partitionBy("area")
        .save(table);
  }

  private static DataSpec spec(
      Task task, String label, String weight, String feature, SplitSpec split) {
    FeaturesSpec features = new FeaturesSpec(List.of(feature), null, null, null);
    return new DataSpec(
        table, null, null, task, label, null, List.of("id"), weight, null, features, split);
  }

  private static void refused(DataSpec spec, String message) {
    assertThatThrownBy(() -> Preparation.prepare(spark, spec, "quantile"))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining(message);
  }

  @Test
  void blanks_and_percent_signs_in_paths_and_a_map_beside_the_features_do_no_harm() {
    try (PreparedData data =
        Preparation.prepare(spark, spec(Task.BINARY, "left", null, "age", BY_PART), "standard")) {
      assertThat(data.rows())
          .containsEntry(Split.TRAIN, 120L)
          .containsEntry(Split.VALIDATION, 40L)
          .containsEntry(Split.TEST, 40L);
      assertThat(data.rows().keySet()).containsExactly(Split.values());
      assertThat(data.encoded().select("hash").distinct().count()).isEqualTo(200);
    }
  }

  @Test
  void a_column_with_the_name_of_one_of_ours_is_no_feature_or_label_unnoticed() {
    refused(spec(Task.BINARY, "left", null, "hash", null), "column 'hash' of");
    refused(spec(Task.BINARY, "left", null, "Split", null), "column 'Split' of");
    refused(spec(Task.MULTICLASS, "Split", null, "age", null), "column 'Split' of");
  }

  @Test
  void a_number_that_is_not_finite_is_refused_in_the_splits_that_fit_nothing_too() {
    refused(
        spec(Task.BINARY, "left", null, "late", BY_PART),
        "column 'late' has values that are NaN or infinite, in 1 rows of the test split");
    refused(spec(Task.BINARY, "left", null, "later", BY_PART), "column 'later'");
  }

  @Test
  void a_label_that_is_no_finite_number_is_refused_in_every_split() {
    refused(
        spec(Task.REGRESSION, "mixed", null, "age", BY_PART),
        "label 'mixed' is to be a finite number, but a row of the test split has 'oops'");
    refused(spec(Task.REGRESSION, "late", null, "age", BY_PART), "the test split has 'NaN'");
  }

  @Test
  void a_weight_that_is_not_finite_or_a_text_is_refused() {
    refused(
        spec(Task.BINARY, "left", "w", "age", BY_PART),
        "weight 'w' is not a positive finite number in 1 rows of the validation split");
    refused(spec(Task.BINARY, "left", "text", "age", null), "weight 'text' is a column of type");
  }

  @Test
  void a_test_table_is_held_against_the_other() {
    String apart = directory.resolve("apart").toString();
    spark
        .sql("select id, 'young' as age, 'yes' as left, 'train' as part from range(9)")
        .write()
        .format("delta")
        .save(apart);
    SplitSpec split = new SplitSpec(null, null, null, "part", apart, null);
    refused(spec(Task.BINARY, "left", null, "later", split), "has no column 'later'");
    refused(spec(Task.BINARY, "left", null, "age", split), "column 'age' is of type double in");
  }

  @Test
  void a_test_table_is_all_of_the_test_split() {
    SplitSpec split = new SplitSpec(null, null, null, "part", table, null);
    try (PreparedData data =
        Preparation.prepare(spark, spec(Task.BINARY, "left", null, "age", split), "standard")) {
      // The 40 rows that 'part' calls test are left out; the 200 of the test table come instead.
      assertThat(data.rows()).containsEntry(Split.TRAIN, 120L).containsEntry(Split.TEST, 200L);
    }
  }
}
