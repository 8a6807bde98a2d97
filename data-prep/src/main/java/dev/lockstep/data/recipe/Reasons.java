package dev.lockstep.data.recipe;

import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/**
 * Why a feature table has to be rebuilt instead of updated.
 *
 * @param spark a session
 * @param options what was asked for
 */
record Reasons(SparkSession spark, PrepareOptions options) {

  /** The first reason; empty if there is none. */
  Optional<String> against(FeatureTable.Found found, TableState next) {
    if (options.full()) {
      return Optional.of("--full was given");
    }
    if (found.made().isEmpty()) {
      return Optional.of("its log does not say what it was made from");
    }
    if (found.change().isPresent()) {
      return Optional.of("another has changed it: " + found.change().get());
    }
    TableState made = found.made().get();
    if (!made.recipeSha256().equals(next.recipeSha256())) {
      return Optional.of("the recipe has changed");
    }
    return next.sources().entrySet().stream()
        .flatMap(now -> against(made.sources(), now).stream())
        .findFirst();
  }

  private Optional<String> against(
      Map<String, TableState.Source> made, Map.Entry<String, TableState.Source> entry) {
    TableState.Source then = made.get(entry.getKey());
    TableState.Source now = entry.getValue();
    if (!now.id().equals(then.id())) {
      return Optional.of("%s is another table than it was".formatted(now.table()));
    }
    if (!now.schemaHash().equals(then.schemaHash())) {
      return Optional.of("the schema of %s has changed".formatted(now.table()));
    }
    if (now.version() != then.version() && !FeatureTable.hasFeed(spark, now.table())) {
      return Optional.of(
          "%s keeps no change data feed (ALTER TABLE ... SET TBLPROPERTIES".formatted(now.table())
              + " (delta.enableChangeDataFeed = true) would keep one from then on)");
    }
    return Optional.empty();
  }
}
