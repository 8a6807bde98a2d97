package dev.lockstep.data;

import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.RuntimeConfig;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Has Spark generate code for the queries of a test, or of a class's tests, and plan them anew
 * after each of their stages, as it does for users. The build has them interpreted and planned
 * once, which takes less time where rows are few.
 */
public final class SparkDefaults implements BeforeEachCallback, AfterEachCallback {
  private static final Map<String, String> SETTINGS =
      Map.of(
          "spark.sql.adaptive.enabled",
          "true",
          "spark.sql.codegen.wholeStage",
          "true",
          "spark.sql.codegen.factoryMode",
          "FALLBACK");

  private final Map<String, String> former = new TreeMap<>();

  @Override
  public void beforeEach(ExtensionContext context) {
    RuntimeConfig settings = SparkExtension.session(context).conf();
    SETTINGS.forEach(
        (name, value) -> {
          former.put(name, settings.get(name));
          settings.set(name, value);
        });
  }

  @Override
  public void afterEach(ExtensionContext context) {
    former.forEach(SparkExtension.session(context).conf()::set);
  }
}
