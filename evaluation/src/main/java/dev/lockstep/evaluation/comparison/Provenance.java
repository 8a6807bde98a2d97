package dev.lockstep.evaluation.comparison;

import ai.djl.engine.Engine;
import dev.lockstep.data.preparation.PreparedData;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/** What a result depends on, beside the experiment file. */
final class Provenance {
  private Provenance() {}

  static Map<String, String> of(SparkSession spark, PreparedData data) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("table id", data.snapshot().id());
    facts.put("version", String.valueOf(data.snapshot().version()));
    facts.put("committed at", data.snapshot().commitTime());
    facts.put("schema SHA-256", data.snapshot().schemaHash());
    facts.put("feature model SHA-256", data.features().sha256());
    facts.put("data fingerprint", data.fingerprint());
    facts.put("Spark", spark.version());
    facts.put("Delta", io.delta.package$.MODULE$.VERSION());
    facts.put("DJL", Engine.getDjlVersion());
    facts.put("PyTorch", Engine.getEngine("PyTorch").getVersion());
    facts.put("Java", System.getProperty("java.vm.version"));
    facts.put("processor", System.getProperty("os.arch") + ", " + cpu());
    facts.put("master", spark.sparkContext().master());
    return facts;
  }

  /** Which kernels libtorch may choose; other ones can give other bits. */
  private static String cpu() {
    String forced = System.getenv("ATEN_CPU_CAPABILITY");
    return forced == null ? "libtorch chooses its kernels" : "ATEN_CPU_CAPABILITY=" + forced;
  }
}
