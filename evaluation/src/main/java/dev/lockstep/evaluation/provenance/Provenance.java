package dev.lockstep.evaluation.provenance;

import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.data.snapshot.PinnedTable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/**
 * What a result depends on, beside the experiment file: the one record that reports show and the
 * ledger keeps.
 *
 * @param data what it learned from
 * @param environment what it ran on
 */
public record Provenance(RunData data, Environment environment) {
  /** Of rows that are prepared in a session. */
  public static Provenance of(SparkSession spark, PreparedData data) {
    return new Provenance(RunData.of(data), Environment.of(spark));
  }

  /** As a reader of a report sees it. */
  public Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.putAll(facts("table", data.source()));
    data.testSource().ifPresent(test -> facts.putAll(facts("test table", test)));
    facts.put("feature model SHA-256", data.featureModelHash());
    facts.put("data fingerprint", data.fingerprint());
    facts.putAll(environment.libraries());
    facts.put("Lockstep's commit", environment.code());
    facts.put("CPU capability", environment.cpu());
    facts.put("processor", environment.processor());
    facts.put("master", environment.master());
    return facts;
  }

  private static Map<String, String> facts(String name, PinnedTable table) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put(name, table.table());
    facts.put(name + " id", table.id());
    facts.put(name + " version", String.valueOf(table.version()));
    facts.put(name + " committed at", table.commitTime());
    facts.put(name + " schema SHA-256", table.schemaHash());
    return facts;
  }
}
