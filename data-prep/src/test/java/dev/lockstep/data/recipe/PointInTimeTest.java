package dev.lockstep.data.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.data.SparkExtension;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Whatever comes after a row's time does not change its features. */
@ExtendWith(SparkExtension.class)
class PointInTimeTest {
  private static final long SEED = 41;
  private static final int TRIALS = 3;

  @TempDir static Path directory;

  private static Recipe recipe(long version) {
    return Recipe.parse(
        """
        sources:
          visits: {table: DIR/visits, version: VERSION}
          events: {table: DIR/events, version: VERSION, time: at}
        rows: {source: visits, key: id, time: at}
        steps:
        - aggregate:
            source: events
            by: person
            windows: [2d, 10d]
            earlier: {amount_before: "lag(amount, 1)", at_before: "lag(at, 1)"}
            features:
              n: count(*)
              spent: sum(amount)
              rise: mean(amount - amount_before)
              first: first(amount)
              last: last(amount)
        - aggregate: {source: events, by: person, features: {most: max(amount), all: count(*)}}
        - asOf: {source: events, on: person, columns: {newest: amount}}
        - earlier: {by: person, features: {spent_before: "mean(spent_10d, 2)", p: "lag(place, 1)"}}
        """
            .replace("DIR", directory.toString())
            .replace("VERSION", String.valueOf(version)),
        "r.yaml");
  }

  @Test
  void a_shifted_future_never_changes_a_past_feature(SparkSession spark) {
    Dataset<Row> visits =
        spark.sql(
            """
            select int(id) id, int(xxhash64(1, id) % 6) person, int(xxhash64(2, id) % 9) place,
              timestamp_seconds(1767225600 + 3600 * (abs(xxhash64(3, id)) % 700)) at
            from range(60)""");
    Dataset<Row> events =
        spark.sql(
            """
            select int(id) event, int(xxhash64(4, id) % 6) person, (abs(xxhash64(5, id)) % 1000) / 7D amount,
              timestamp_seconds(1767225600 + 3600 * (abs(xxhash64(6, id)) % 700)) at
            from range(150)""");
    save(visits, "visits");
    save(events, "events");
    List<Row> before = recipe(0).rows(spark).collectAsList();
    Random random = new Random(SEED);
    for (int trial = 1; trial <= TRIALS; trial++) {
      int hour = 100 + random.nextInt(500);
      String past = "at <= timestamp_seconds(1767225600 + 3600 * %d)".formatted(hour);
      save(shifted(visits, past, random, "id", "person", "place + 1 as place"), "visits");
      save(shifted(events, past, random, "event", "person", "amount * 3 as amount"), "events");
      List<Row> after = recipe(trial).rows(spark).collectAsList();
      assertThat(past(after, hour))
          .as("trial %d, hour %d", trial, hour)
          .isEqualTo(past(before, hour));
      assertThat(after).hasSameSizeAs(before).doesNotContainSequence(before);
    }
  }

  /** Rows after a moment get later still, change what they say, and some change persons. */
  private static Dataset<Row> shifted(
      Dataset<Row> rows, String past, Random random, String id, String person, String value) {
    int hours = random.nextInt(50);
    String other = "pmod(%s + %s %% %d, 6) as person".formatted(person, id, 1 + random.nextInt(3));
    return rows.where(past)
        .unionByName(
            rows.where("not (" + past + ")")
                .selectExpr(
                    id, other, value, "at + make_interval(0, 0, 0, 0, %d) as at".formatted(hours)),
            false);
  }

  private static void save(Dataset<Row> rows, String name) {
    rows.write()
        .format("delta")
        .mode("overwrite")
        .option("overwriteSchema", true)
        .save(directory.resolve(name).toString());
  }

  private static List<String> past(List<Row> rows, int hour) {
    long last = (1767225600L + 3600L * hour) * 1000;
    return rows.stream()
        .filter(r -> r.getTimestamp(r.fieldIndex("at")).getTime() <= last)
        .map(Row::mkString)
        .sorted()
        .toList();
  }
}
