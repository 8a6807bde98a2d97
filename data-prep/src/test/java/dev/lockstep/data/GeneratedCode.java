package dev.lockstep.data;

import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.RuntimeConfig;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Has Spark generate code for the queries of a class's tests, as it does for users. The build has
 * them interpreted, which takes less time than to compile them where rows are few.
 */
public final class GeneratedCode implements BeforeAllCallback, AfterAllCallback {
  private static final Map<String, String> SETTINGS =
      Map.of("spark.sql.codegen.wholeStage", "true", "spark.sql.codegen.factoryMode", "FALLBACK");

  private final Map<String, String> former = new TreeMap<>();

  @Override
  public void beforeAll(ExtensionContext context) {
    RuntimeConfig settings = SparkExtension.session(context).conf();
    SETTINGS.forEach(
        (name, value) -> {
          former.put(name, settings.get(name));
          settings.set(name, value);
        });
  }

  @Override
  public void afterAll(ExtensionContext context) {
    former.forEach(SparkExtension.session(context).conf()::set);
  }
}
