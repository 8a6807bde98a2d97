package dev.lockstep.evaluation.cli;

import dev.lockstep.data.Json;
import dev.lockstep.data.LockstepException;
import java.io.File;
import java.io.FileReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/**
 * Options that every command has that works with tables; a picocli mixin. Names no type of Spark's:
 * picocli looks at all members of this class, and help must not wait for Spark's classes.
 */
final class CommonOptions {
  private static final String SPARK = "spark.";
  private static final String HADOOP = "spark.hadoop.";

  /** Blanks around a value that Spark's own reader drops, too: all but line ends. */
  private static final Pattern AROUND =
      Pattern.compile("\\A[\\x00-\\x20&&[^\\r\\n]]+|[\\x00-\\x20&&[^\\r\\n]]+\\z");

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

  @Option(
      names = "--ui",
      description =
          "Serve Spark's web pages while the command runs, with a tab for trainings; prints their"
              + " address. In one JVM they answer this machine alone.")
  private boolean ui;

  @Option(names = "--stacktrace", description = "Show where an error comes from.")
  private boolean stacktrace;

  private Progress progress;
  private volatile boolean spark;
  private volatile Supplier<String> wayOut = () -> "Run the command again";

  /** Whether an error is shown with its stack trace. */
  public boolean stacktrace() {
    return stacktrace;
  }

  /** Whether Spark's web pages were asked for. */
  public boolean ui() {
    return ui;
  }

  /** Whether the result goes out as JSON. */
  public boolean json() {
    return json;
  }

  /**
   * Spark's properties that the command was given: those of the file, then its own.
   *
   * @throws LockstepException if the file cannot be read, or has something else
   */
  Map<String, String> properties() {
    Map<String, String> all = new TreeMap<>();
    if (propertiesFile != null) {
      all.putAll(read(propertiesFile));
    }
    all.putAll(properties);
    return all;
  }

  /**
   * The configuration of Hadoop's file systems, where nothing else was said of Spark: then a table
   * can be read without one.
   *
   * @return by Hadoop's own names; empty if there is any other property of Spark, as it is when
   *     spark-submit has started this program
   */
  public Optional<Map<String, String>> hadoopAlone() {
    Map<String, String> all = new TreeMap<>();
    for (String name : System.getProperties().stringPropertyNames()) {
      if (name.startsWith(SPARK)) {
        all.put(name, System.getProperty(name));
      }
    }
    all.putAll(properties());
    Map<String, String> hadoop = new TreeMap<>();
    for (Map.Entry<String, String> property : all.entrySet()) {
      if (!property.getKey().startsWith(HADOOP)) {
        return Optional.empty();
      }
      hadoop.put(property.getKey().substring(HADOOP.length()), property.getValue());
    }
    return Optional.of(hadoop);
  }

  private static Map<String, String> read(String file) {
    if (!new File(file).canRead()) {
      throw new LockstepException(
          "--properties-file %s cannot be read".formatted(file),
          "Name a file of Spark properties, one a line, such as: spark.driver.host 10.0.0.1");
    }
    Properties read = new Properties();
    try (Reader text = new FileReader(file, StandardCharsets.UTF_8)) {
      read.load(text);
    } catch (IOException | IllegalArgumentException e) {
      throw new LockstepException(
          "--properties-file %s is not a properties file".formatted(file),
          "Write one property a line, such as: spark.driver.host 10.0.0.1",
          e);
    }
    Map<String, String> properties = new TreeMap<>();
    for (String key : read.stringPropertyNames()) {
      if (!key.startsWith(SPARK)) {
        throw new LockstepException(
            "--properties-file %s has '%s', which is not a Spark property".formatted(file, key),
            "Names of Spark properties begin with 'spark.'");
      }
      properties.put(key, AROUND.matcher(read.getProperty(key)).replaceAll(""));
    }
    return properties;
  }

  /** Notes that the command has a Spark session from now on. */
  void withSpark() {
    spark = true;
  }

  /** Whether the command has a Spark session. */
  public boolean hasSpark() {
    return spark;
  }

  /** Where progress is shown; the same for the whole command. */
  public synchronized Progress progress() {
    if (progress == null) {
      boolean terminal = "1".equals(System.getenv("LOCKSTEP_TERMINAL"));
      boolean dumb = "dumb".equals(System.getenv("TERM"));
      progress = new Progress(System.err, !json && terminal && !dumb);
      System.setErr(progress.others());
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
