package dev.lockstep.data.command;

import dev.lockstep.data.Json;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Option;

/** Options that every command has; a picocli mixin. */
public final class CommonOptions {
  @Option(
      names = "--json",
      description = "Print the result as JSON on standard output, and nothing else there.")
  private boolean json;

  @Option(
      names = "--conf",
      paramLabel = "KEY=VALUE",
      description = "A Spark property; may be given several times.")
  private Map<String, String> properties = new LinkedHashMap<>();

  @Option(names = "--stacktrace", description = "Show where an error comes from.")
  private boolean stacktrace;

  /** Whether an error is shown with its stack trace. */
  public boolean stacktrace() {
    return stacktrace;
  }

  /** Whether the result goes out as JSON. */
  public boolean json() {
    return json;
  }

  /**
   * The Spark session that a command works in: spark-submit's, or one embedded in this JVM with a
   * slot for each processor, but at least two.
   */
  public SparkSession session() {
    SparkConf conf = new SparkConf();
    properties.forEach(conf::set);
    int slots = Math.max(2, Runtime.getRuntime().availableProcessors());
    conf.setIfMissing("spark.master", "local[" + slots + "]");
    conf.setIfMissing("spark.app.name", "lockstep");
    if (conf.get("spark.master").startsWith("local")) {
      conf.setIfMissing("spark.ui.enabled", "false");
      conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1");
      conf.setIfMissing("spark.driver.host", "127.0.0.1");
      conf.setIfMissing("spark.sql.shuffle.partitions", String.valueOf(slots * 2));
      // Numbers hardly shrink, and here no network is spared: see docs/decisions/014.
      conf.setIfMissing("spark.shuffle.compress", "false");
      // Delta reads its log in so many tasks: 50 by default, which suits a cluster.
      conf.setIfMissing("spark.databricks.delta.snapshotPartitions", "2");
    }
    conf.setIfMissing("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension");
    conf.setIfMissing(
        "spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog");
    conf.setIfMissing("spark.sql.session.timeZone", "UTC");
    conf.setIfMissing("spark.sql.debug.maxToStringFields", "1000");
    return SparkSession.builder().config(conf).getOrCreate();
  }

  /** Where progress is shown. */
  public Progress progress() {
    return new Progress(System.err, !json && "1".equals(System.getenv("LOCKSTEP_TERMINAL")));
  }

  /** Prints a result: as one line of JSON if that was asked for, else as text. */
  public void print(Object result, String text) {
    PrintStream out = System.out;
    out.println(json ? Json.line(result) : text);
    out.flush();
  }
}
