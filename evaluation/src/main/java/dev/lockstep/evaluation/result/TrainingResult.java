package dev.lockstep.evaluation.result;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code train} has made.
 *
 * @param runId name of the run
 * @param table the table
 * @param version its version
 * @param splits rows by split
 * @param networks the networks, each once a seed, in the order of the experiment file
 * @param folder the run's folder
 */
public record TrainingResult(
    String runId,
    String table,
    long version,
    Map<String, Long> splits,
    List<TrainedNetworkResult> networks,
    String folder) {
  /** Copies the collections and checks that there is a network. */
  public TrainingResult {
    splits = Collections.unmodifiableMap(new LinkedHashMap<>(splits));
    networks = List.copyOf(networks);
    if (networks.isEmpty()) {
      throw new IllegalStateException("expected at least one network");
    }
  }
}
