package dev.lockstep.data.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.SparkDefaults;
import dev.lockstep.data.SparkExtension;
import dev.lockstep.data.Task;
import dev.lockstep.data.preparation.Preparation;
import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.data.spec.DataSpec;
import dev.lockstep.data.spec.FeaturesSpec;
import dev.lockstep.data.split.Split;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Tables of many rows, many columns and many values. */
@ExtendWith({SparkExtension.class, SparkDefaults.class})
class LargeTablesTest {
  @TempDir static Path directory;

  private static String table(SparkSession spark, String name, String query, int files) {
    String path = directory.resolve(name).toString();
    spark.sql(query).repartition(files).write().format("delta").save(path);
    return path;
  }

  private static DataSpec spec(String table, Task task, Map<String, Integer> hashed) {
    FeaturesSpec features = new FeaturesSpec(null, null, null, null, hashed, null);
    return new DataSpec(
        table, null, null, task, "label", null, List.of("id"), null, null, features, null);
  }

  @Test
  void a_sample_of_many_rows_is_the_same_on_any_layout(SparkSession spark) {
    String query =
        "select id, sin(id) * id as x, concat('v', id % 97) as c, cos(id) as label from range(450000)";
    try (PreparedData two =
            Preparation.prepare(
                spark, spec(table(spark, "two", query, 2), Task.REGRESSION, null), "quantile");
        PreparedData nine =
            Preparation.prepare(
                spark, spec(table(spark, "nine", query, 9), Task.REGRESSION, null), "quantile")) {
      assertThat(two.features()).isEqualTo(nine.features());
      assertThat(two.rows()).isEqualTo(nine.rows());
      assertThat(two.rows().values().stream().mapToLong(n -> n).sum()).isEqualTo(450_000);
      assertThat(two.rows().get(Split.TRAIN)).isBetween(313_000L, 317_000L);
    }
  }

  @Test
  void a_column_of_very_many_values_keeps_the_frequent_ones_or_is_hashed(SparkSession spark) {
    String query =
        """
        select id, if(id % 3 = 0, 'often', concat('user ', id)) as user, id * 7919 as number,
          double(id) as x, if(hash(id) % 2 = 0, 'a', 'b') as label from range(40000)""";
    String table = table(spark, "users", query, 2);
    try (PreparedData data =
        Preparation.prepare(spark, spec(table, Task.BINARY, null), "standard")) {
      assertThat(data.features().layout().categorical())
          .containsExactly(new FeatureLayout.Categorical("user", 10_002));
      assertThat(data.features().categories(0)).startsWith("(missing)", "(unseen)", "often");
      assertThat(data.warnings()).anyMatch(w -> w.contains("'user' has more than 10,000 values"));
    }
    Map<String, Integer> hashed = Map.of("user", 64, "number", 32);
    try (PreparedData data =
        Preparation.prepare(spark, spec(table, Task.BINARY, hashed), "standard")) {
      assertThat(data.features().layout().categorical())
          .containsExactly(
              new FeatureLayout.Categorical("user", 66),
              new FeatureLayout.Categorical("number", 34));
      Set<Integer> seen = new HashSet<>();
      for (Row row : data.encodedRows().select("categorical").collectAsList()) {
        seen.add(row.<Integer>getList(0).get(0));
      }
      assertThat(seen)
          .hasSize(64)
          .allMatch(index -> index >= CategoricalFeature.FIRST && index < 66);
    }
    DataSpec wrong = spec(table, Task.BINARY, Map.of("id", 64));
    assertThatThrownBy(() -> Preparation.prepare(spark, wrong, "standard"))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("features.hashed names 'id'");
  }

  @Test
  void two_thousand_columns_are_read_and_encoded(SparkSession spark) {
    String columns =
        String.join(
            ", ",
            IntStream.range(0, 2000)
                .mapToObj(i -> "sin(id * %d) as x%d".formatted(i + 1, i))
                .toList());
    String query = "select id, if(id % 2 = 0, 'a', 'b') as label, " + columns + " from range(400)";
    try (PreparedData data =
        Preparation.prepare(
            spark, spec(table(spark, "wide", query, 1), Task.BINARY, null), "standard")) {
      List<Row> rows = data.encodedRows().select("numeric").collectAsList();
      assertThat(rows).hasSize(400);
      double sum = 0;
      for (Row row : rows) {
        List<Float> numeric = row.getList(0);
        assertThat(numeric).hasSize(2000);
        sum += numeric.get(1999);
      }
      assertThat(Math.abs(sum / rows.size())).isLessThan(0.2);
    }
  }
}
