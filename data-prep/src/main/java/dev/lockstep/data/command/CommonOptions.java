package dev.lockstep.data.command;

import dev.lockstep.data.Json;
import dev.lockstep.data.LockstepException;
import java.io.File;
import java.io.PrintStream;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.Utils;
import picocli.CommandLine.Option;
import scala.jdk.javaapi.CollectionConverters;

/** Options that every command has; a picocli mixin. */
public final class CommonOptions {
  private static final int SECRET_BYTES = 32;
  private static final String SECRET = "spark.authenticate.secret";

  /**
   * What Spark blacks out in event logs and on its pages, by name or value, beside what it does by
   * itself: the address of a tracking server, and a password in any address.
   */
  private static final String REDACTED = "(?i:trackingUri)|://[^/@\\s]+:[^/@\\s]*@";

  @Option(
      names = "--json",
      description = "Print the result as JSON on standard output, and nothing else there.")
  private boolean json;

  @Option(
      names = "--conf",
      paramLabel = "KEY=VALUE",
      description = "A Spark property; may be given several times.")
  private Map<String, String> properties = new LinkedHashMap<>();

  @Option(
      names = "--properties-file",
      paramLabel = "FILE",
      description =
          "Spark properties from a file such as spark-defaults.conf: keys and passwords there are"
              + " not seen in the list of processes. --conf wins over it.")
  private String propertiesFile;

  @Option(names = "--stacktrace", description = "Show where an error comes from.")
  private boolean stacktrace;

  private Progress progress;
  private volatile Supplier<String> wayOut = () -> "Run the command again";

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
    return SparkSession.builder().config(configuration()).getOrCreate();
  }

  /** Spark's properties: what its launcher gave, then the file's, then those of the command. */
  SparkConf configuration() {
    SparkConf conf = new SparkConf();
    if (propertiesFile != null) {
      read(propertiesFile).forEach(conf::set);
    }
    properties.forEach(conf::set);
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
    var redaction = org.apache.spark.internal.config.package$.MODULE$.SECRET_REDACTION_PATTERN();
    conf.set(redaction.key(), conf.get(redaction) + "|" + REDACTED);
    return conf;
  }

  /** What suits a Spark that this command starts itself, on this machine alone. */
  private static void local(SparkConf conf, int slots) {
    conf.setIfMissing("spark.ui.enabled", "false");
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

  private static Map<String, String> read(String file) {
    if (!new File(file).canRead()) {
      throw new LockstepException(
          "--properties-file %s cannot be read".formatted(file),
          "Name a file of Spark properties, one a line, such as: spark.driver.host 10.0.0.1");
    }
    Map<String, String> read;
    try {
      read = CollectionConverters.asJava(Utils.getPropertiesFromFile(file));
    } catch (Exception e) { // Scala throws checked exceptions that no signature names.
      throw new LockstepException(
          "--properties-file %s is no file of properties".formatted(file),
          "Write one property a line, such as: spark.driver.host 10.0.0.1",
          e);
    }
    for (String key : read.keySet()) {
      if (!key.startsWith("spark.")) {
        throw new LockstepException(
            "--properties-file %s has '%s', which is no Spark property".formatted(file, key),
            "Names of Spark properties begin with 'spark.'");
      }
    }
    return read;
  }

  /** Where progress is shown; the same for the whole command. */
  public synchronized Progress progress() {
    if (progress == null) {
      boolean terminal = "1".equals(System.getenv("LOCKSTEP_TERMINAL"));
      boolean dumb = "dumb".equals(System.getenv("TERM"));
      progress = new Progress(System.err, !json && terminal && !dumb);
    }
    return progress;
  }

  /**
   * Says what a person can do if the command is cut off from now on.
   *
   * @param sentence gives an imperative sentence; asked when it has happened
   */
  public void ifCutOff(Supplier<String> sentence) {
    wayOut = sentence;
  }

  /** What a person can do now that the command is cut off. */
  public String wayOut() {
    return wayOut.get();
  }

  /** Prints a result: as one line of JSON if that was asked for, else as text. */
  public void print(Object result, String text) {
    progress().end();
    PrintStream out = System.out;
    out.println(json ? Json.line(result) : text);
    out.flush();
  }
}
