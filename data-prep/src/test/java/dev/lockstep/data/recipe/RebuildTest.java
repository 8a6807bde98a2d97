package dev.lockstep.data.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.SparkExtension;
import dev.lockstep.data.Vacuum;
import dev.lockstep.data.recipe.PrepareReport.How;
import dev.lockstep.data.snapshot.DeltaHistory;
import io.delta.tables.DeltaTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Where changes cannot be known, or columns are others than before. */
@ExtendWith(SparkExtension.class)
class RebuildTest {
  @TempDir static Path directory;
  private static SparkSession spark;

  @BeforeAll
  static void make(SparkSession session) {
    spark = session.newSession();
    spark.conf().set("spark.sql.shuffle.partitions", 1);
  }

  private static String path(String name) {
    return directory.resolve(name).toString();
  }

  private static void events(String name, boolean feed) {
    spark.sql(
        """
        create table delta.`%s` (person int, amount double) using delta
        tblproperties (delta.enableChangeDataFeed = %s)"""
            .formatted(path(name), feed));
    spark.sql("insert into delta.`%s` values (1, 1), (2, 2), (3, 3)".formatted(path(name)));
  }

  private static DeltaTable table(String name) {
    return DeltaTable.forPath(spark, path(name));
  }

  /** Writes amounts anew, which an update keeps as files of changes. */
  private static void raise(String name) {
    table(name).updateExpr("person < 3", Map.of("amount", "amount + 0.5"));
  }

  private static Recipe recipe(String events, String derived) {
    return Recipe.parse(
        """
        sources: {events: {table: %s}}
        rows: {source: events, key: person}
        steps: [{derive: {%s}}]
        """
            .formatted(path(events), derived),
        "r.yaml");
  }

  private static PrepareReport prepare(Recipe recipe, String out, boolean evolve) {
    return new Prepare(spark, recipe, "", new PrepareOptions(path(out), false, evolve)).run();
  }

  private static List<String> lines(String out) {
    return spark.read().format("delta").load(path(out)).orderBy("person").collectAsList().stream()
        .map(Row::mkString)
        .toList();
  }

  @Test
  void a_source_without_a_change_data_feed_has_its_table_made_anew_and_says_what_would_help() {
    events("plain", false);
    Recipe recipe = recipe("plain", "twice: amount * 2");
    assertThat(prepare(recipe, "of-plain", false).how()).isEqualTo(How.CREATED);
    assertThat(prepare(recipe, "of-plain", false).how()).isEqualTo(How.UNCHANGED);
    raise("plain");
    PrepareReport report = prepare(recipe, "of-plain", false);
    assertThat(report.how()).isEqualTo(How.REBUILT);
    assertThat(report.reason().orElseThrow())
        .contains("keeps no change data feed", "delta.enableChangeDataFeed = true");
    assertThat(lines("of-plain")).containsExactly("11.53.0", "22.55.0", "33.06.0");
  }

  @Test
  void a_feed_that_was_turned_on_too_late_is_no_feed_of_what_came_before() {
    events("late", false);
    Recipe recipe = recipe("late", "twice: amount * 2");
    prepare(recipe, "of-late", false);
    raise("late");
    spark.sql(
        "alter table delta.`%s` set tblproperties (delta.enableChangeDataFeed = true)"
            .formatted(path("late")));
    PrepareReport report = prepare(recipe, "of-late", false);
    assertThat(report.how()).isEqualTo(How.REBUILT);
    assertThat(report.reason().orElseThrow()).contains("the changes of its sources cannot be read");
    assertThat(lines("of-late")).containsExactly("11.53.0", "22.55.0", "33.06.0");
    raise("late");
    assertThat(prepare(recipe, "of-late", false).how()).isEqualTo(How.UPDATED);
    assertThat(lines("of-late")).containsExactly("12.04.0", "23.06.0", "33.06.0");
  }

  @Test
  void a_feed_that_vacuum_has_removed_has_the_table_made_anew() {
    events("vacuumed", true);
    Recipe recipe = recipe("vacuumed", "twice: amount * 2");
    prepare(recipe, "of-vacuumed", false);
    raise("vacuumed");
    assertThat(prepare(recipe, "of-vacuumed", false).how()).isEqualTo(How.UPDATED);
    raise("vacuumed");
    Vacuum.now(spark, table("vacuumed"));
    PrepareReport report = prepare(recipe, "of-vacuumed", false);
    assertThat(report.how()).isEqualTo(How.REBUILT);
    assertThat(report.reason().orElseThrow()).contains("the changes of its sources cannot be read");
    assertThat(lines("of-vacuumed")).containsExactly("12.04.0", "23.06.0", "33.06.0");
  }

  @Test
  void other_columns_are_refused_and_the_table_stays_until_evolve_is_asked_for() {
    events("evolving", true);
    prepare(recipe("evolving", "twice: amount * 2"), "of-evolving", false);
    List<String> before = lines("of-evolving");
    long version = DeltaHistory.latest(spark, path("of-evolving"));
    refused(recipe("evolving", "twice: amount * 2, half: amount / 2"), "'half' is new");
    refused(recipe("evolving", "half: amount / 2"), "'half' is new, 'twice' is gone");
    refused(
        recipe("evolving", "twice: string(amount * 2)"),
        "'twice' is now of type string and was of type double");
    assertThat(DeltaHistory.latest(spark, path("of-evolving"))).isEqualTo(version);
    assertThat(lines("of-evolving")).isEqualTo(before);
    PrepareReport evolved =
        prepare(recipe("evolving", "twice: string(amount * 2)"), "of-evolving", true);
    assertThat(evolved.how()).isEqualTo(How.REBUILT);
    assertThat(evolved.reason()).contains("the recipe has changed");
    assertThat(spark.read().format("delta").load(path("of-evolving")).schema().apply("twice"))
        .extracting(field -> field.dataType().simpleString())
        .isEqualTo("string");
  }

  @Test
  void a_first_preparation_that_fails_leaves_nothing_and_the_next_one_works() throws Exception {
    events("divided", true);
    assertThatThrownBy(
            () -> prepare(recipe("divided", "part: amount / (person - 2)"), "of-divided", false))
        .hasStackTraceContaining("DIVIDE_BY_ZERO");
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left.map(f -> f.getFileName().toString()))
          .noneMatch(f -> f.contains("of-divided"));
    }
    PrepareReport report = prepare(recipe("divided", "part: amount / 2"), "of-divided", false);
    assertThat(report.how()).isEqualTo(How.CREATED);
    assertThat(lines("of-divided")).hasSize(3);
  }

  private static void refused(Recipe recipe, String difference) {
    assertThatThrownBy(() -> prepare(recipe, "of-evolving", false))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("the recipe's columns are not those of")
        .hasMessageContaining(difference)
        .hasMessageContaining("Add --evolve");
  }
}
