package dev.lockstep.evaluation.provenance;

import ai.djl.engine.Engine;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.spark.sql.SparkSession;

/**
 * What a run ran on.
 *
 * @param libraries versions by name
 * @param code commit of Lockstep's code; with {@code changed} where files differed from it
 * @param cpu which kernels libtorch chooses on the executors
 * @param processor the executors' processors
 * @param master Spark's master
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Environment(
    Map<String, String> libraries, String code, String cpu, String processor, String master) {
  private static final String UNKNOWN = "unknown";

  /** Fills in what an older ledger does not say. */
  public Environment {
    libraries =
        libraries == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(libraries));
    code = code == null ? UNKNOWN : code;
    cpu = cpu == null ? UNKNOWN : cpu;
    processor = processor == null ? UNKNOWN : processor;
    master = master == null ? UNKNOWN : master;
  }

  /** This program in this session. */
  public static Environment of(SparkSession spark) {
    Properties build = build();
    Map<String, String> libraries = new LinkedHashMap<>();
    libraries.put("Lockstep", build.getProperty("version", UNKNOWN));
    libraries.put("Spark", spark.version());
    libraries.put("Delta", io.delta.package$.MODULE$.VERSION());
    libraries.put("DJL", Engine.getDjlVersion());
    libraries.put("PyTorch", Engine.getEngine("PyTorch").getVersion());
    libraries.put("Java", System.getProperty("java.vm.version"));
    String commit = build.getProperty("commit", "");
    boolean known =
        commit.matches("[0-9a-f]{40,64}"); // Ant leaves a name that has no value as it is.
    boolean changed = build.getProperty("state", "").equals("changed");
    Processor processor = Processor.of(spark);
    return new Environment(
        libraries,
        known ? commit + (changed ? ", changed" : "") : UNKNOWN,
        processor.capability(),
        processor.model(),
        spark.sparkContext().master());
  }

  /** What the build wrote down of itself; nothing where it ran outside of a repository. */
  private static Properties build() {
    Properties properties = new Properties();
    try (InputStream in = Environment.class.getResourceAsStream("build.properties")) {
      if (in != null) {
        properties.load(in);
      }
      return properties;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is different in another environment; where Spark runs is not part of it. */
  public List<Change> changes(Environment other) {
    List<Change> changes = new ArrayList<>(Change.of("", libraries, other.libraries()));
    changes.addAll(Change.of("Lockstep's commit", code, other.code()));
    changes.addAll(Change.of("CPU capability", cpu, other.cpu()));
    changes.addAll(Change.of("processor", processor, other.processor()));
    return changes;
  }
}
