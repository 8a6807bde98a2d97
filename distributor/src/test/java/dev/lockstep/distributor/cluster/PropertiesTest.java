package dev.lockstep.distributor.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.spark.internal.config.ConfigEntry;
import org.apache.spark.util.Utils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import scala.jdk.javaapi.CollectionConverters;

/** Spark takes a property that it does not know without a word. */
class PropertiesTest {
  private static final Path CONFIGS =
      Path.of(System.getProperty("lockstep.root"), "cluster-configs");

  /** What is in no registry, or in that of Delta. */
  private static final Pattern ELSEWHERE =
      Pattern.compile(
          "spark\\.(master"
              + "|databricks\\.delta\\.snapshotPartitions"
              + "|(executor|task)\\.resource\\.gpu\\.(amount|vendor|discoveryScript)"
              + "|kubernetes\\.executor\\.volumes\\.emptyDir\\.spark-local-dir-1"
              + "\\.(mount\\.path|options\\.sizeLimit))");

  /** Entries are known once the objects that hold them are there. */
  @BeforeAll
  static void load() throws ClassNotFoundException {
    for (String holder :
        List.of(
            "internal.config.package$",
            "internal.config.Network$",
            "sql.internal.SQLConf$",
            "deploy.k8s.Config$",
            "deploy.yarn.config.package$")) {
      Class.forName("org.apache.spark." + holder);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "standalone/spark-defaults.conf",
        "kubernetes/spark-defaults.conf",
        "kubernetes/gpu.conf",
        "yarn/spark-defaults.conf",
        "yarn/gpu.conf"
      })
  void spark_knows_every_property(String file) {
    var properties = Utils.getPropertiesFromFile(CONFIGS.resolve(file).toString());
    assertThat(CollectionConverters.asJava(properties).keySet())
        .isNotEmpty()
        .allMatch(PropertiesTest::known);
  }

  private static boolean known(String key) {
    return ConfigEntry.findEntry(key) != null || ELSEWHERE.matcher(key).matches();
  }
}
