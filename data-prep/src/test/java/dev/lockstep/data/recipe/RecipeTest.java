package dev.lockstep.data.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.SparkExtension;
import dev.lockstep.data.sql.SqlFailure;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class RecipeTest {
  @TempDir static Path directory;
  private static SparkSession spark;

  @BeforeAll
  static void make(SparkSession session) {
    spark = session;
    save("people", "values (1, 'Oslo'), (2, 'Bern'), (3, null) as t(id, city)");
    save(
        "events",
        """
        values (1, date'2026-01-01', 10.0D, 'app'), (1, date'2026-01-06', 0.1D, 'web'),
          (1, date'2026-01-07', 0.2D, 'web'), (1, date'2026-01-10', 99.0D, 'app'),
          (2, date'2026-01-09', 5.0D, null), (2, date'2026-01-12', 7.0D, 'app')
        as t(person, day, amount, channel)""");
    save("cities", "values ('Oslo', 'NO'), ('Bern', 'CH') as t(name, country)");
    save(
        "prices",
        """
        values ('NO', timestamp'2026-01-01 00:00:00', 1.0D),
          ('NO', timestamp'2026-01-10 00:00:00', 2.0D), ('NO', timestamp'2026-01-10 00:00:00', 3.0D),
          ('NO', timestamp'2026-01-10 00:00:01', 4.0D), ('CH', timestamp'2026-01-11 00:00:00', 5.0D)
        as t(country, at, price)""");
  }

  private static void save(String name, String values) {
    spark.sql("select * from " + values).write().format("delta").save(path(name));
  }

  private static String path(String name) {
    return directory.resolve(name).toString();
  }

  private static final String SOURCES =
      """
      sources:
        people: {table: DIR/people}
        events: {table: DIR/events, time: day}
        cities: {table: DIR/cities}
        prices: {table: DIR/prices, time: at}
      rows: {source: people, key: id, time: "date'2026-01-10'"}
      steps:
      """;

  private static Recipe recipe(String text) {
    return Recipe.parse(text.replace("DIR", directory.toString()), "r.yaml");
  }

  private static List<Row> rows(String steps, String... columns) {
    Dataset<Row> rows = recipe(SOURCES + steps).rows(spark).orderBy("id");
    return columns.length == 0 ? rows.collectAsList() : rows.selectExpr(columns).collectAsList();
  }

  /** Sources that the steps do not name are left out, for speed. */
  private static void refused(String steps, String... messages) {
    String text =
        SOURCES
            .lines()
            .filter(line -> !line.contains("DIR/") || named(line, steps))
            .collect(Collectors.joining("\n", "", "\n"));
    Throwable thrown = catchThrowable(() -> recipe(text + steps).rows(spark));
    assertThat(thrown).isInstanceOf(LockstepException.class);
    for (String message : messages) {
      assertThat(thrown).hasMessageContaining(message);
    }
  }

  private static boolean named(String line, String steps) {
    String source = line.strip().replaceFirst(":.*", "");
    return source.equals("people") || steps.contains("source: " + source);
  }

  @Test
  void aggregates_look_at_their_window_and_never_at_the_day_itself() {
    List<Row> rows =
        rows(
            """
            - aggregate:
                source: events
                by: {id: person}
                windows: [4d, 2w]
                features:
                  n: count(*)
                  spent: sum(amount)
                  app: sum(channel = 'app')
                  mean: mean(amount)
                  ways: distinct(channel)
                  last: last(channel)
                  most: max(amount)
            """,
            "array(n_4d, n_2w, app_4d, app_2w, ways_4d, ways_2w)",
            "array(spent_4d, spent_2w, mean_4d, mean_2w, most_2w)",
            "last_2w");
    assertThat(rows.get(0).getList(0)).isEqualTo(List.of(2L, 3L, 0L, 1L, 1L, 2L));
    assertThat(rows.get(0).getList(1))
        .isEqualTo(List.of(0.1 + 0.2, 0.1 + 0.2 + 10, (0.1 + 0.2) / 2, (0.1 + 0.2 + 10) / 3, 10.0));
    assertThat(rows.get(0).getString(2)).isEqualTo("web");
    assertThat(rows.get(1).getList(0)).isEqualTo(List.of(1L, 1L, 0L, 0L, 0L, 0L));
    assertThat(rows.get(1).isNullAt(2)).isTrue();
    assertThat(rows.get(2).getList(0)).isEqualTo(List.of(0L, 0L, 0L, 0L, 0L, 0L));
    assertThat(rows.get(2).getList(1).subList(0, 3))
        .isEqualTo(java.util.Arrays.asList(0.0, 0.0, null));
  }

  @Test
  void lags_of_a_source_s_rows_are_aggregated_too() {
    List<Row> rows =
        rows(
            """
            - aggregate:
                source: events
                by: {id: person}
                earlier: {day_before: "lag(day, 1)"}
                features: {gap: "mean(datediff(day, day_before))"}
            """,
            "gap");
    assertThat(rows.get(0).getDouble(0)).isEqualTo(3.0); // 5 days, then 1.
    assertThat(rows.get(1).isNullAt(0)).isTrue();
  }

  @Test
  void the_latest_row_is_that_of_the_moment_with_ties_by_value_and_chains_of_joins_work() {
    List<Row> rows =
        rows(
            """
            - join: {source: cities, on: {city: name}, columns: [country]}
            - asOf: {source: prices, on: country, columns: {price: price, priced: to_date(at)}}
            - derive: {double_price: price * 2, cheap: double_price < 7}
            - drop: [city, priced]
            """);
    assertThat(rows.get(0).mkString(" ")).isEqualTo("1 NO 3.0 6.0 true");
    assertThat(rows.get(1).mkString(" ")).isEqualTo("2 CH null null null");
    assertThat(rows.get(2).mkString(" ")).isEqualTo("3 null null null null");
  }

  @Test
  @Timeout(60)
  void rows_that_read_the_same_rows_read_them_once() {
    spark
        .range(20_000)
        .selectExpr("id", "'one' kind", "date'2026-01-01' day", "double(id) x")
        .write()
        .format("delta")
        .save(path("crowd"));
    Row row =
        recipe(
                """
                sources: {crowd: {table: DIR/crowd, time: day}}
                rows: {source: crowd, key: id, time: "date'2026-01-02'"}
                steps:
                - aggregate:
                    source: crowd
                    by: kind
                    features: {n: count(*), mean: mean(x), spread: std(x)}
                """)
            .rows(spark)
            .selectExpr("count(*)", "min(n)", "max(mean)", "min(spread)", "max(spread)")
            .head();
    assertThat(row.getLong(0)).isEqualTo(20_000);
    assertThat(row.getLong(1)).isEqualTo(20_000);
    assertThat(row.getDouble(2)).isEqualTo(9999.5);
    // Of 0 to n - 1: the square root of n (n + 1) / 12.
    assertThat(row.getDouble(3)).isCloseTo(Math.sqrt(20_000 * 20_001.0 / 12), within(1e-6));
    assertThat(row.getDouble(4)).isEqualTo(row.getDouble(3));
  }

  @Test
  void an_outcome_makes_the_label_and_nothing_else() {
    String steps =
        """
        - outcome: {source: events, by: {id: person}, within: 2d, features: {later: count(*)}}
        - derive: {left: "if(later = 0, 'yes', 'no')", twice: later * 2}
        label: left
        """;
    assertThat(rows(steps).stream().map(r -> r.mkString(" ")))
        .containsExactly("1 Oslo no", "2 Bern yes", "3 null yes");
    refused(
        steps.replace("label: left", "- earlier: {by: city, features: {x: \"lag(later, 1)\"}}"),
        "feature 'x' uses what happens after the time of earlier rows");
    refused(steps.replace("label: left", "label: lefd"), "Did you mean 'left'?");
  }

  @Test
  void rolling_statistics_look_at_the_rows_before() {
    Recipe recipe =
        recipe(
            """
            sources: {events: {table: DIR/events}}
            rows: {source: events, key: [person, day], time: day}
            steps:
            - earlier:
                by: person
                features: {before: "lag(amount, 1)", two: "sum(amount, 2)", n: "count(amount, 9)"}
            """);
    assertThat(
            recipe
                .rows(spark)
                .orderBy("person", "day")
                .select("before", "two", "n")
                .collectAsList()
                .stream()
                .map(r -> r.mkString(" ")))
        .containsExactly(
            "null null 0",
            "10.0 10.0 1",
            "0.1 10.1 2",
            "0.2 " + (0.1 + 0.2) + " 3",
            "null null 0",
            "5.0 5.0 1");
  }

  @Test
  void what_is_wrong_in_the_file_is_named() {
    refused("- aggregat: {}", "unknown key 'steps.0.aggregat'", "Did you mean 'aggregate'?");
    refused(
        "- asOf: {source: prices, on: city, columns: [price], whithin: 3d}",
        "unknown key 'steps.0.whithin'",
        "Did you mean 'within'?");
    refused("- join: {source: citys, on: city, columns: [x]}", "'citys' is not one of 'sources'");
    refused(
        "- aggregate: {source: events, by: {id: person}, features: {n: avrage(amount)}}",
        "unknown function 'avrage'");
    refused(
        "- aggregate: {source: events, by: {id: person}, windows: [1 month], features: {n: count(*)}}",
        "'1 month' is no length of time");
    refused(
        "- aggregate: {source: cities, by: {city: name}, features: {n: count(*)}}",
        "source 'cities' is read as of a time, but has no 'time'");
  }

  @Test
  void a_recipe_is_read_as_an_experiment_is() {
    refused("- drop: [a, ]\n- where:", "'steps.1.where' is empty");
    refused("- drop:\n  - a\n  -", "item 2 of 'steps.0.drop' is empty");
    refused("- derive: {x: }", "'steps.0.x' is empty");
    refused("- derive: {x: [1]}", "'steps.0.x' must be a text, but is a list");
    refused("- {drop: a, where: b}", "must have one key");
    refused("- where", "'steps.0' must be one of aggregate");
    refused("- join: {source: cities, on: [[city]], columns: [x]}", "must have a text");
    refused(
        "- aggregate: {source: events, by: {id: person}, windows: 1.5d, features: {n: count(*)}}",
        "'1.5d' is no length of time");
    String recipe =
        """
        sources: {s: {table: t, version: %s}}
        rows: {source: s, key: no, columns: 010, distinct: yes}
        steps:
          - drop: 1.10
        label: yes
        """;
    Recipe read = Recipe.parse(recipe.formatted("7"), "r.yaml");
    assertThat(read.rows().key()).containsExactly("no");
    assertThat(read.rows().columns().expressions()).containsOnlyKeys("010");
    assertThat(read.rows().distinct()).isTrue();
    assertThat(((Step.Drop) read.steps().get(0)).columns()).containsExactly("1.10");
    assertThat(read.label()).isEqualTo("yes");
    assertThatThrownBy(() -> Recipe.parse(recipe.formatted("1.9"), "r.yaml"))
        .isInstanceOf(LockstepException.class)
        .hasMessageMatching(
            "r\\.yaml line [0-9]+: 'sources\\.s\\.version' must be a whole number, but is '1\\.9'.*");
    assertThatThrownBy(() -> Recipe.parse(recipe.formatted("7") + "output: ''", "r.yaml"))
        .hasMessageContaining("'output' is empty");
  }

  @Test
  void what_does_not_fit_the_tables_is_named() {
    refused("- derive: {x: ct}", "'ct', which is no expression of these columns", "city");
    refused("- derive: {city: id}", "there is one already");
    refused("- join: {source: cities, on: city, columns: [country]}", "'city' is not a column");
    refused(
        "- aggregate: {source: events, by: {id: channel}, features: {n: count(*)}}",
        "'id' is of type int");
    refused(
        "- aggregate: {source: events, by: {id: person}, features: {n: sum(channel)}}",
        "adds values of type string");
  }

  @Test
  void an_expression_without_a_value_in_some_row_is_named_with_the_way_out() {
    Throwable thrown = catchThrowable(() -> rows("- derive: {x: 10 / (id - 1)}"));
    assertThat(SqlFailure.of(thrown).orElseThrow())
        .hasMessageContainingAll("'10 / (id - 1)' divides by zero", "try_divide");
    thrown = catchThrowable(() -> rows("- derive: {x: cast(city as int)}"));
    assertThat(SqlFailure.of(thrown).orElseThrow())
        .hasMessageContainingAll("'cast(city as int)' casts '", "to INT", "try_cast");
  }

  @Test
  void an_expression_that_is_not_the_row_s_own_is_refused() {
    refused("- derive: {x: rand()}", "which has another value each time");
    refused("- derive: {x: current_date()}", "which has another value each time");
    refused("- derive: {x: sum(id)}", "which needs other rows than its own");
    refused("- derive: {x: sum(id) over (partition by city)}", "needs other rows");
    refused("- derive: {x: \"(select max(id) from delta.`DIR/people`)\"}", "reads another table");
    refused("- derive: {x: \"java_method('java.lang.System', 'nanoTime')\"}", "another value");
    refused("- where: \"explode(array(id))\"", "needs other rows than its own");
  }
}
