package dev.lockstep.data.preparation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.SparkExtension;
import dev.lockstep.data.Task;
import dev.lockstep.data.spec.DataSpec;
import dev.lockstep.data.spec.FeaturesSpec;
import dev.lockstep.data.spec.OnBadRow;
import dev.lockstep.data.spec.SplitSpec;
import dev.lockstep.data.split.Split;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a person should know of the data before believing a result. */
@ExtendWith(SparkExtension.class)
class LeakageTest {
  @TempDir static Path directory;
  private static SparkSession spark;
  private static String table;

  @BeforeAll
  static void make(SparkSession session) {
    spark = session;
    table = directory.resolve("people").toString();
    spark
        .sql(
            """
            select id, id % 150 person, double(xxhash64(id) % 50) age, if(id % 3 = 0, 'yes', 'no') left,
              if(id % 3 = 0, 'gone', concat('here', id % 2)) state,
              if(id % 3 = 0, double(id), null) left_on, double(id % 3 = 0) * 9 + id % 7 score,
              if(id % 50 = 7, double('NaN'), double(id % 11)) noise,
              if(id % 40 = 9, null, if(id % 3 = 0, 'yes', 'no')) asked,
              if(id % 5 < 3, 'train', if(id % 5 = 3, 'validation', 'test')) part
            from range(300)""")
        .write()
        .format("delta")
        .save(table);
  }

  private static DataSpec spec(
      String label,
      String key,
      SplitSpec split,
      boolean unique,
      OnBadRow bad,
      List<String> text,
      String... numbers) {
    List<String> unused = new ArrayList<>(List.of(spark.table("delta.`" + table + "`").columns()));
    unused.removeAll(List.of(numbers));
    unused.removeAll(text == null ? List.of() : text);
    FeaturesSpec features = new FeaturesSpec(List.of(numbers), text, unused, null);
    return new DataSpec(
        table,
        null,
        null,
        Task.BINARY,
        label,
        null,
        List.of(key),
        null,
        null,
        features,
        split,
        unique,
        bad);
  }

  private static List<String> warnings(DataSpec spec) {
    try (PreparedData data = Preparation.prepare(spark, spec, "quantile")) {
      return data.warnings();
    }
  }

  @Test
  void a_feature_that_gives_the_label_away_is_named() {
    List<String> warnings =
        warnings(
            spec("left", "id", null, false, null, List.of("state"), "age", "left_on", "score"));
    assertThat(warnings).hasSize(3);
    assertThat(warnings.get(0)).startsWith("whether 'left_on' is missing alone tells the label");
    assertThat(warnings.get(1)).startsWith("feature 'score' alone tells the label");
    assertThat(warnings.get(2)).startsWith("feature 'state' alone tells the label");
  }

  @Test
  void keys_in_two_splits_are_counted() {
    SplitSpec byPart = new SplitSpec(null, null, null, "part", null, null);
    assertThat(warnings(spec("left", "id", byPart, false, null, null, "age"))).isEmpty();
    SplitSpec apart = new SplitSpec(null, null, null, null, table, null);
    assertThat(warnings(spec("left", "person", apart, false, null, null, "age")).get(0))
        .startsWith("150 keys (person) have rows in more than one split");
  }

  @Test
  void a_repeated_key_is_refused_or_counted_where_one_row_is_declared() {
    assertThatThrownBy(() -> warnings(spec("left", "person", null, true, null, null, "age")))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("has 300 rows for 150 keys of person");
    DataSpec dropping = spec("left", "person", null, true, OnBadRow.DROP, null, "age");
    try (PreparedData data = Preparation.prepare(spark, dropping, "quantile")) {
      assertThat(data.warnings())
          .containsExactly("150 rows were left out, because their key has another row");
      assertThat(data.rows().values().stream().mapToLong(n -> n).sum()).isEqualTo(150);
    }
  }

  @Test
  void bad_rows_are_dropped_and_counted_where_that_is_asked_for() {
    assertThatThrownBy(() -> warnings(spec("asked", "id", null, false, null, null, "noise")))
        .isInstanceOf(LockstepException.class);
    DataSpec dropping = spec("asked", "id", null, false, OnBadRow.DROP, null, "noise");
    try (PreparedData data = Preparation.prepare(spark, dropping, "quantile")) {
      assertThat(data.warnings())
          .containsExactly(
              "14 of 300 rows were left out: label missing in 8, 'noise' not finite in 6");
      assertThat(
              data.rows().get(Split.TRAIN)
                  + data.rows().get(Split.VALIDATION)
                  + data.rows().get(Split.TEST))
          .isEqualTo(286);
    }
  }
}
