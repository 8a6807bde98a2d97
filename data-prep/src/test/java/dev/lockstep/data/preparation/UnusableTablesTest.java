package dev.lockstep.data.preparation;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.data.Percentage.withPercentage;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.SparkExtension;
import dev.lockstep.data.Task;
import dev.lockstep.data.features.FeatureLayout;
import dev.lockstep.data.features.FeatureModel;
import dev.lockstep.data.spec.DataSpec;
import dev.lockstep.data.spec.FeaturesSpec;
import dev.lockstep.data.spec.OnBadRow;
import dev.lockstep.data.spec.SplitSpec;
import dev.lockstep.data.split.Split;
import dev.lockstep.data.sql.ColumnValues;
import dev.lockstep.data.sql.SqlFailure;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Column;
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
  private static String odd;

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
    odd = directory.resolve("odd").toString();
    // Of the rows 0 to 199 each fifth has no class; twos, of the others, are on each side of zero.
    spark
        .sql(
            """
            select id, double(id) x, concat('t', xxhash64(id) % 3) town,
              if(xxhash64('l', id) % 2 = 0, 'yes', 'no') left,
              case when div(id, 5) % 5 = 2 then double('NaN') when id % 2 = 0 then 1D
                when id % 4 = 1 then double('-0.0') else 0D end class,
              timestamp_ntz'2026-01-01 00:00:00.25' + make_dt_interval(0, int(id)) bought,
              array(string(id)) basket, map('k', id) tags, binary('b') raw,
              named_struct('a', id) pair,
              timestamp_micros(id * 1500000) seen, date_add(date'2026-01-01', int(id)) born,
              if(id in (4, 14), -1e300D, double(id % 13)) huge, 1e-110D * (id % 13) narrow,
              1e-6D * (id % 13) tiny, 1e98D * (id % 13) large,
              if(id % 5 < 3, 'train', if(id % 5 = 3, 'validation', 'test')) part
            from range(200)""")
        .withColumn("single", col("class").cast("float"))
        .write()
        .format("delta")
        .save(odd);
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
      assertThat(data.encodedRows().select("hash").distinct().count()).isEqualTo(200);
    }
  }

  private static List<String> encoded(String select, DataSpec spec) {
    spark.sql(select + " from range(300)").write().format("delta").save(spec.table());
    try (PreparedData data = Preparation.prepare(spark, spec, "standard")) {
      return data.encodedRows().drop("hash").toJSON().collectAsList().stream().sorted().toList();
    }
  }

  private static DataSpec named(String... names) {
    String path = directory.resolve("names " + names[0]).toString();
    FeaturesSpec features =
        new FeaturesSpec(
            List.of(names[4], names[5], names[6]), List.of(names[7], names[8]), null, null);
    SplitSpec split = new SplitSpec(null, null, null, names[3], null, null);
    return new DataSpec(
        path,
        null,
        null,
        Task.BINARY,
        names[1],
        null,
        List.of(names[0]),
        names[2],
        null,
        features,
        split,
        true,
        OnBadRow.DROP);
  }

  @Test
  void columns_may_have_the_names_of_ours() {
    String select =
        """
        select id as `%s`, if(id %% 3 = 0, 'no', 'yes') as `%s`, 1D + id %% 2 as `%s`,
          if(id %% 5 < 3, 'train', if(id %% 5 = 3, 'validation', 'test')) as `%s`,
          double(id %% 11) as `%s`, double(id %% 7) as `%s`, if(id %% 9 = 2, null, id) as `%s`,
          string(id %% 4) as `%s`, string(id %% 6) as `%s`""";
    String[] plain = {"k", "y", "w", "s", "a", "b", "c", "d", "e"};
    List<String> expected = encoded(select.formatted((Object[]) plain), named(plain));
    assertThat(expected).hasSize(300);
    String[][] ours = {
      {"rows", "label", "weight", "split", "hash", "lane", "numeric", "prediction", "features"},
      {"count", "hash", "label", "Split", "split", "HASH", "weight", "categorical", "__place"},
    };
    assertThat(encoded(select.formatted((Object[]) ours[0]), named(ours[0]))).isEqualTo(expected);
    ours[1][3] = "part";
    ours[1][5] = "__split";
    assertThat(encoded(select.formatted((Object[]) ours[1]), named(ours[1]))).isEqualTo(expected);
  }

  @Test
  void a_column_named_as_an_indicator_stays_a_feature_of_its_own() {
    String path = directory.resolve("missing").toString();
    spark
        .sql(
            """
            select id, if(id % 9 = 0, null, double(id)) as amount, id % 13 as amount_missing,
              if(id % 9 = 1, null, double(id)) as other, if(id % 2 = 0, 'yes', 'no') as left
            from range(300)""")
        .write()
        .format("delta")
        .save(path);
    FeaturesSpec features =
        new FeaturesSpec(List.of("amount", "amount_missing", "other"), null, null, null);
    DataSpec spec =
        new DataSpec(
            path, null, null, Task.BINARY, "left", null, List.of("id"), null, null, features, null);
    try (PreparedData data = Preparation.prepare(spark, spec, "standard")) {
      assertThat(data.features().entries())
          .containsExactly(
              new FeatureModel.Entries("amount", List.of(0, 1), -1),
              new FeatureModel.Entries("amount_missing", List.of(2), -1),
              new FeatureModel.Entries("other", List.of(3, 4), -1));
      assertThat(data.features().layout().numeric())
          .extracting(FeatureLayout.Numeric::name)
          .containsExactly(
              "amount", "amount_missing_indicator", "amount_missing", "other", "other_missing");
    }
  }

  @Test
  void an_expression_without_a_value_in_some_row_is_named_with_the_way_out() {
    DataSpec s = spec(Task.BINARY, "left", null, "age", BY_PART);
    for (List<String> expected :
        List.of(
            List.of("10 / (id - 5) > 1", "'10 / (id - 5)' divides by zero", "try_divide"),
            List.of("10 % (id - 5) > 1", "divides by zero", "try_divide"),
            List.of(
                "cast(mixed as int) > 1", "'cast(mixed as int)' casts 'oops' to INT", "try_cast"),
            List.of("to_date(mixed) > '2020-01-01'", "the expression", "try_"),
            List.of("cast(id * 1000 as smallint) > 1", "expression casts", "try_"))) {
      DataSpec where =
          new DataSpec(
              s.table(),
              null,
              null,
              s.task(),
              s.label(),
              null,
              s.key(),
              null,
              expected.get(0),
              s.features(),
              s.split());
      Throwable thrown = catchThrowable(() -> Preparation.prepare(spark, where, "standard"));
      LockstepException mistake = SqlFailure.of(thrown).orElseThrow();
      assertThat(mistake).hasMessageContainingAll(expected.get(1), expected.get(2));
      assertThat(mistake.getMessage()).doesNotContain("\n", "[", "SQLSTATE", "Exception");
    }
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
    refused(
        spec(Task.REGRESSION, "later", null, "age", BY_PART),
        "label 'later' is to be a finite number, but a row of the test split has 'Infinity'");
    refused(spec(Task.REGRESSION, "text", null, "age", BY_PART), "a row of the test split has 'x'");
    refused(
        spec(Task.REGRESSION, "tags", null, "age", BY_PART),
        "label 'tags' is a column of type map<string,bigint>, which holds no numbers");
  }

  private static DataSpec odd(Task task, String label, OnBadRow onBadRow, FeaturesSpec features) {
    return new DataSpec(
        odd,
        null,
        null,
        task,
        label,
        null,
        List.of("id"),
        null,
        null,
        features,
        BY_PART,
        null,
        onBadRow);
  }

  private static final FeaturesSpec BY_TYPE =
      new FeaturesSpec(null, null, List.of("class", "single"), null);
  private static final FeaturesSpec X = new FeaturesSpec(List.of("x"), List.of("town"), null, null);

  @Test
  void a_label_of_nan_is_missing() {
    refused(
        spec(Task.REGRESSION, "late", null, "age", BY_PART),
        "label 'late' is missing in 1 rows of the test split");
    refused(
        odd(Task.BINARY, "class", OnBadRow.REFUSE, X),
        "label 'class' is missing in 8 rows of the test split");
    for (Task task : List.of(Task.BINARY, Task.REGRESSION)) {
      try (PreparedData data =
          Preparation.prepare(spark, odd(task, "class", OnBadRow.DROP, X), "standard")) {
        assertThat(data.warnings())
            .containsExactly("40 of 200 rows were left out: label missing in 40");
        assertThat(data.rows().values().stream().mapToLong(n -> n).sum()).isEqualTo(160);
      }
    }
  }

  @Test
  void minus_zero_is_zero_in_labels_and_categories() {
    FeaturesSpec features = new FeaturesSpec(List.of("x"), List.of("class", "single"), null, null);
    for (String label : List.of("class", "single")) {
      try (PreparedData data =
          Preparation.prepare(spark, odd(Task.BINARY, label, OnBadRow.DROP, X), "standard")) {
        assertThat(data.features().label().classes()).containsExactly("0.0", "1.0");
        assertThat(data.encodedRows().where("label = 0").count()).isEqualTo(80);
      }
    }
    try (PreparedData data =
        Preparation.prepare(spark, odd(Task.BINARY, "left", null, features), "standard")) {
      for (int feature = 0; feature < 2; feature++) {
        assertThat(data.features().categories(feature)).contains("0.0").doesNotContain("-0.0");
      }
    }
  }

  @Test
  void a_label_too_large_or_too_narrow_for_its_squares_is_refused_by_name() {
    refused(
        odd(Task.REGRESSION, "huge", null, X),
        "label 'huge' has values as large as -1.0E300 in the test split");
    refused(odd(Task.REGRESSION, "narrow", null, X), "label 'narrow' has values that differ by");
    try (PreparedData data =
        Preparation.prepare(spark, odd(Task.REGRESSION, "huge", OnBadRow.DROP, X), "standard")) {
      assertThat(data.warnings())
          .containsExactly("2 of 200 rows were left out: label beyond 1.0E100 in 2");
    }
    double[] deviations = new double[2];
    for (int i = 0; i < 2; i++) {
      String label = List.of("tiny", "large").get(i);
      try (PreparedData data =
          Preparation.prepare(spark, odd(Task.REGRESSION, label, null, X), "standard")) {
        deviations[i] = data.features().label().deviation();
      }
    }
    assertThat(deviations[0]).isCloseTo(deviations[1] * 1e-104, withPercentage(1e-9));
  }

  @Test
  void a_time_without_a_zone_is_a_number_in_any_time_zone() {
    double expected = 86_400 * 20_454 + 3600.25; // 2026-01-01T01:00:00.25
    String session = spark.conf().get("spark.sql.session.timeZone");
    try {
      for (String zone : List.of("UTC", "America/New_York")) {
        spark.conf().set("spark.sql.session.timeZone", zone);
        DataSpec spec = odd(Task.BINARY, "left", null, BY_TYPE);
        try (PreparedData data = Preparation.prepare(spark, spec, "standard")) {
          assertThat(data.features().layout().numeric())
              .extracting(n -> n.name())
              .contains("bought", "seen", "born");
          Column bought = ColumnValues.number(data.sourceRows().schema(), "bought");
          assertThat(data.sourceRows().where("x = 1").select(bought).head().getDouble(0))
              .isEqualTo(expected);
          Column seen = ColumnValues.number(data.sourceRows().schema(), "seen");
          assertThat(data.sourceRows().where("x = 1").select(seen).head().getDouble(0))
              .isEqualTo(1.5);
        }
      }
    } finally {
      spark.conf().set("spark.sql.session.timeZone", session);
    }
  }

  @Test
  void columns_that_cannot_be_features_are_named_in_one_note() {
    DataSpec byType = odd(Task.BINARY, "left", null, BY_TYPE);
    try (PreparedData data = Preparation.prepare(spark, byType, "standard")) {
      assertThat(data.warnings()).hasSize(1);
      assertThat(data.warnings().get(0))
          .startsWith("columns that cannot be features are left out: 'basket' (array<string>), ")
          .contains("'tags' (map<string,bigint>)", "'raw' (binary)", "'pair' (struct<a:bigint>)")
          .doesNotContain("bought", "part", "town", "class");
    }
    DataSpec alone =
        odd(
            Task.BINARY,
            "left",
            null,
            new FeaturesSpec(null, List.of("town"), List.of("class"), null));
    try (PreparedData data = Preparation.prepare(spark, alone, "standard")) {
      assertThat(data.warnings()).hasSize(1);
      assertThat(data.warnings().get(0))
          .startsWith(
              "features.categorical is given without features.numeric, so these columns are left out: 'x' (")
          .contains("'bought' (timestamp_ntz)", "'basket' (array<string>)", "and 1 more")
          .doesNotContain("'class'", "'part'", "'id'");
    }
    try (PreparedData data =
        Preparation.prepare(spark, odd(Task.BINARY, "left", null, X), "standard")) {
      assertThat(data.warnings()).isEmpty();
    }
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

  @Test
  void whole_numbers_beyond_2_to_53_are_categories_and_said_to_be() {
    String accounts = directory.resolve("accounts").toString();
    spark
        .sql(
            """
            select 9007199254740993 + id % 3 as account, id as n, cast(id as decimal(20, 0)) as d,
              if(id % 2 = 0, 'yes', 'no') as left from range(200)""")
        .write()
        .format("delta")
        .save(accounts);
    DataSpec byType =
        new DataSpec(
            accounts,
            null,
            null,
            Task.BINARY,
            "left",
            null,
            List.of(),
            null,
            null,
            FeaturesSpec.defaults(),
            null);
    try (PreparedData data = Preparation.prepare(spark, byType, "standard")) {
      assertThat(data.features().categories(0)).contains("9007199254740993", "9007199254740994");
      assertThat(data.features().categorical()).hasSize(1);
      assertThat(data.warnings()).anyMatch(w -> w.contains("'account'") && w.contains("2^53"));
    }
    FeaturesSpec numeric = new FeaturesSpec(List.of("account"), List.of("n"), null, null);
    DataSpec said =
        new DataSpec(
            accounts, null, null, Task.BINARY, "left", null, List.of(), null, null, numeric, null);
    try (PreparedData data = Preparation.prepare(spark, said, "standard")) {
      assertThat(data.warnings()).anyMatch(w -> w.contains("numeric feature 'account'"));
    }
  }
}
