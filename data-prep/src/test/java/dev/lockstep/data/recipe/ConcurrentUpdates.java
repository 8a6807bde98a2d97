package dev.lockstep.data.recipe;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;

/**
 * A process that adds events, one at a time, and brings the feature table up to date after each.
 */
final class ConcurrentUpdates {
  private ConcurrentUpdates() {}

  static Recipe recipe(Path directory) {
    return Recipe.parse(
        """
        sources:
          people: {table: DIR/people}
          events: {table: DIR/events, time: at}
        rows: {source: people, key: id, time: "timestamp'2030-01-01 00:00:00'"}
        steps:
        - aggregate:
            source: events
            by: {id: person}
            features: {n: count(*), writers: distinct(writer), spent: sum(amount)}
        """
            .replace("DIR", directory.toString()),
        "r.yaml");
  }

  static SparkSession session() {
    return SparkSession.builder()
        .master("local[1]")
        .config("spark.ui.enabled", false)
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", 1)
        .config("spark.databricks.delta.snapshotPartitions", 1)
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.codegen.wholeStage", false)
        .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
        .config(
            "spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
        .getOrCreate();
  }

  /** Arguments: folder, number of this writer, how often. */
  public static void main(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[0]);
    int writer = Integer.parseInt(arguments[1]);
    int times = Integer.parseInt(arguments[2]);
    SparkSession spark = session();
    Recipe recipe = recipe(directory);
    String out = directory.resolve("features").toString();
    Files.createFile(directory.resolve("ready" + writer));
    while (!Files.exists(directory.resolve("ready" + (1 - writer)))) {
      Thread.sleep(20);
    }
    int attempts = 0;
    for (int i = 0; i < times; i++) {
      spark
          .sql(
              "select %d writer, %d person, timestamp'2026-01-01 00:00:00' at, %sD amount"
                  .formatted(writer, i % 5, i + 0.1))
          .write()
          .format("delta")
          .mode("append")
          .save(directory.resolve("events").toString());
      attempts +=
          new Prepare(spark, recipe, "", new PrepareOptions(out, false, false)).run().attempts();
    }
    System.out.println("attempts " + attempts);
    spark.stop();
  }
}
