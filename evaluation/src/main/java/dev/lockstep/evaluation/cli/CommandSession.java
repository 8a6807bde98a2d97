package dev.lockstep.evaluation.cli;

import dev.lockstep.data.internal.spark.SparkSettings;
import dev.lockstep.distributor.internal.spark.ui.LockstepTab;
import dev.lockstep.distributor.internal.spark.ui.LoopbackFilter;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/**
 * The Spark session that a command works in: spark-submit's, or one embedded in this JVM with a
 * slot for each processor, but at least two.
 */
final class CommandSession {
  private static final int SECRET_BYTES = 32;
  private static final String SECRET = "spark.authenticate.secret";

  /**
   * What Spark blacks out in event logs and on its pages, by name or value, beside what it does by
   * itself: the address of a tracking server, and a password in any address.
   */
  private static final String REDACTED = "(?i:trackingUri)|://[^/@\\s]+:[^/@\\s]*@";

  private CommandSession() {}

  /** The session of a command with these options. */
  public static SparkSession of(CommonOptions options) {
    options.withSpark();
    SparkConf configuration = configuration(options);
    SparkSession spark =
        options
            .progress()
            .during(
                "starting Spark", () -> SparkSession.builder().config(configuration).getOrCreate());
    LockstepTab.attach(spark.sparkContext());
    if (options.ui()) {
      String pages = spark.sparkContext().uiWebUrl().get();
      options.progress().done("Spark's pages are at " + LockstepTab.address(pages));
    }
    return spark;
  }

  /** Spark's properties: what its launcher gave, then the file's, then those of the command. */
  static SparkConf configuration(CommonOptions options) {
    SparkConf conf = new SparkConf();
    options.properties().forEach(conf::set);
    if (options.ui()) {
      conf.set("spark.ui.enabled", "true");
    }
    int slots = Math.max(2, Runtime.getRuntime().availableProcessors());
    conf.setIfMissing("spark.master", "local[" + slots + "]");
    conf.setIfMissing("spark.app.name", "lockstep");
    if (conf.get("spark.master").startsWith("local")) {
      local(conf, slots);
    }
    conf.setIfMissing("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension");
    conf.setIfMissing(
        "spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog");
    conf.setIfMissing("spark.sql.session.timeZone", "UTC");
    conf.setIfMissing("spark.sql.debug.maxToStringFields", "1000");
    SparkSettings.redact(conf, REDACTED);
    return conf;
  }

  /** What suits a Spark that this command starts itself, on this machine alone. */
  private static void local(SparkConf conf, int slots) {
    conf.setIfMissing("spark.ui.enabled", "false");
    conf.setIfMissing("spark.ui.filters", LoopbackFilter.class.getName());
    conf.setIfMissing("spark.ui.killEnabled", "false"); // Others of this machine see the pages.
    conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1");
    conf.setIfMissing("spark.driver.host", "127.0.0.1");
    conf.setIfMissing("spark.sql.shuffle.partitions", String.valueOf(slots * 2));
    // Numbers hardly shrink, and here no network is spared: see docs/decisions/014.
    conf.setIfMissing("spark.shuffle.compress", "false");
    // Delta reads its log in so many tasks: 50 by default, which suits a cluster.
    conf.setIfMissing("spark.databricks.delta.snapshotPartitions", "2");
    // Other users of the machine reach the driver's port, too: see docs/decisions/023.
    conf.setIfMissing("spark.authenticate", "true");
    boolean authenticated = conf.getBoolean("spark.authenticate", false);
    // Within one JVM Spark makes the secret itself.
    if (authenticated && conf.get("spark.master").startsWith("local-cluster")) {
      byte[] secret = new byte[SECRET_BYTES];
      new SecureRandom().nextBytes(secret);
      conf.setIfMissing(SECRET, HexFormat.of().formatHex(secret));
    }
  }
}
