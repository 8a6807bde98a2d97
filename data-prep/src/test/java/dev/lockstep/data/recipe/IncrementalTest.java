package dev.lockstep.data.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.data.SparkExtension;
import dev.lockstep.data.recipe.PrepareReport.How;
import io.delta.tables.DeltaTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A feature table that was updated by what changed equals the one that is rebuilt, row for row. */
@ExtendWith(SparkExtension.class)
@Tag("every-spark")
class IncrementalTest {
  private static final long SEED = 20261124;

  /** More by {@code -Dlockstep.rounds=...}; each takes some seconds. */
  private static final int ROUNDS = Integer.getInteger("lockstep.rounds", 3);

  @TempDir static Path directory;
  private static SparkSession spark;
  private final Random random = new Random(SEED);
  private int next = 1000;

  @BeforeAll
  static void make(SparkSession session) {
    spark = session.newSession();
    spark.conf().set("spark.sql.shuffle.partitions", 2);
    spark.conf().set("spark.sql.adaptive.enabled", false);
  }

  private static void create(String name, String columns) {
    spark.sql(
        "create table delta.`%s` (%s) using delta tblproperties (delta.enableChangeDataFeed = true)"
            .formatted(path(name), columns));
  }

  private static String path(String name) {
    return directory.resolve(name).toString();
  }

  private static DeltaTable table(String name) {
    return DeltaTable.forPath(spark, path(name));
  }

  private static Recipe recipe() {
    return Recipe.parse(
        """
        sources:
          visits: {table: DIR/visits}
          events: {table: DIR/events, time: at, where: amount > 1}
          cities: {table: DIR/cities}
        rows: {source: visits, key: id, time: at}
        steps:
        - aggregate:
            source: events
            by: person
            windows: [5d, 20d]
            features: {spent: sum(amount), n: count(*), spread: std(amount), last: last(amount)}
        - join: {source: cities, on: city, columns: [country]}
        - earlier:
            by: person
            features: {spent_before: "sum(spent_5d, 3)", one_before: "lag(n_20d, 1)"}
        - asOf: {source: events, on: person, columns: {newest: amount}, within: 9d}
        - where: coalesce(newest, 0) < 90
        - derive: {ratio: "try_divide(spent_5d, spent_20d)"}
        """
            .replace("DIR", directory.toString()),
        "r.yaml");
  }

  @Test
  void an_update_after_any_changes_gives_the_rows_of_a_table_made_anew() {
    create("visits", "id int, person int, at timestamp, city string");
    create("events", "event int, person int, at timestamp, amount double");
    create("cities", "city string, country string");
    for (String city : List.of("a", "b", "c")) {
      spark.sql("insert into delta.`%s` values ('%s', 'X')".formatted(path("cities"), city));
    }
    append("visits", 30);
    append("events", 60);
    Recipe recipe = recipe();
    String out = path("features");
    List<How> ways = new ArrayList<>();
    List<Long> keys = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      List<String> done = new ArrayList<>();
      if (round == 1) {
        append("events", 1);
      }
      for (int i = 1 + random.nextInt(3); round > 1 && i >= 0; i--) {
        done.add(change());
      }
      if (round == ROUNDS - 1) {
        done.add(newColumn(random.nextBoolean() ? "visits" : "events"));
      }
      PrepareReport report =
          new Prepare(spark, recipe, "", new PrepareOptions(out, false, true)).run();
      ways.add(report.how());
      report.keys().ifPresent(keys::add);
      assertThat(lines(spark.read().format("delta").load(out)))
          .as("seed %d, round %d, %s after %s", SEED, round, report.how(), done)
          .isEqualTo(lines(recipe.rows(spark)));
    }
    assertThat(ways.get(0)).isEqualTo(How.CREATED);
    assertThat(ways).contains(How.UPDATED, How.REBUILT);
    assertThat(keys.get(0)).as("keys of one person's 30 visits").isBetween(1L, 10L);
  }

  private static List<String> lines(Dataset<Row> rows) {
    List<String> names = java.util.Arrays.stream(rows.columns()).sorted().toList();
    return rows.selectExpr(names.toArray(String[]::new)).collectAsList().stream()
        .map(Row::mkString)
        .sorted()
        .toList();
  }

  private Dataset<Row> rows(String name, int count) {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int person = random.nextInt(12);
      String at =
          "timestamp'2026-01-%02d 0%d:00:00'".formatted(1 + random.nextInt(30), random.nextInt(3));
      double amount = Math.round(1000 * random.nextDouble()) / 10.0;
      String city = List.of("'a'", "'b'", "'c'", "'z'", "null").get(random.nextInt(5));
      values.add(
          name.equals("visits")
              ? "(%d, %d, %s, %s)".formatted(next++, person, at, city)
              : "(%d, %d, %s, %sD)".formatted(next++, person, at, amount));
    }
    String columns = name.equals("visits") ? "id, person, at, city" : "event, person, at, amount";
    return spark.sql(
        "select * from values %s as t(%s)".formatted(String.join(",", values), columns));
  }

  private void append(String name, int count) {
    rows(name, count).coalesce(1).write().format("delta").mode("append").save(path(name));
  }

  /** One random change of one of the sources; says what it was. */
  private String change() {
    int a = random.nextInt(12);
    switch (random.nextInt(10)) {
      case 0 -> {
        append("events", 1 + random.nextInt(5));
        return "append to events";
      }
      case 1 -> {
        append("visits", 1 + random.nextInt(3));
        return "append to visits";
      }
      case 2 -> {
        table("events").updateExpr("person = " + a, java.util.Map.of("amount", "amount + 0.1D"));
        return "update of events";
      }
      case 3 -> {
        table("events").delete("event % 12 = " + a);
        return "delete from events";
      }
      case 4 -> {
        table("visits").updateExpr("id % 12 = " + a, java.util.Map.of("city", "'c'"));
        return "update of visits";
      }
      case 5 -> {
        table("visits").delete("id % 24 = " + a);
        return "delete from visits";
      }
      case 6, 7 -> {
        return merge(a);
      }
      case 8 -> {
        String country = List.of("X", "Y", "Z").get(random.nextInt(3));
        table("cities").updateExpr("city = 'b'", java.util.Map.of("country", "'" + country + "'"));
        return "update of a dimension";
      }
      default -> {
        table("cities").delete("city = 'a'");
        return "delete from a dimension";
      }
    }
  }

  private String newColumn(String name) {
    spark.sql("alter table delta.`%s` add column extra int".formatted(path(name)));
    return "a new column in " + name;
  }

  private String merge(int a) {
    Dataset<Row> changes =
        rows("events", 3)
            .unionByName(
                spark
                    .read()
                    .format("delta")
                    .load(path("events"))
                    .where("event % 12 = " + a)
                    .selectExpr("event", "(person + 1) % 12 person", "at", "amount * 2 amount"));
    table("events")
        .as("t")
        .merge(changes.as("s"), "t.event = s.event")
        .whenMatched("s.event % 5 = 0")
        .delete()
        .whenMatched()
        .updateExpr(java.util.Map.of("person", "s.person", "amount", "s.amount"))
        .whenNotMatched()
        .insertExpr(
            java.util.Map.of(
                "event", "s.event", "person", "s.person", "at", "s.at", "amount", "s.amount"))
        .execute();
    return "merge into events";
  }
}
