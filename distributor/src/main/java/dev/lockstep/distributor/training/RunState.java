package dev.lockstep.distributor.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;

/**
 * Where a run is, apart from its arrays: what a checkpoint's header says.
 *
 * @param fingerprint names the run's inputs
 * @param step steps taken since the beginning
 * @param lossSum weighted sum of the losses of the epoch so far, over all ranks
 * @param weightSum sum of the weights of the epoch so far, over all ranks
 * @param bestEpoch the best epoch so far, from 1; 0 for none
 * @param bestMetric its validation metric
 * @param history reports of the epochs that are done
 */
record RunState(
    String fingerprint,
    long step,
    double lossSum,
    double weightSum,
    int bestEpoch,
    double bestMetric,
    List<EpochReport> history) {
  private static final ObjectMapper JSON = new ObjectMapper();

  RunState {
    history = List.copyOf(history);
  }

  static RunState initial(String fingerprint, ValidationMetric metric) {
    return new RunState(fingerprint, 0, 0, 0, 0, metric.worst(), List.of());
  }

  String toJson() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("expected a state that is valid JSON", e);
    }
  }

  static RunState fromJson(String json) {
    try {
      return JSON.readValue(json, RunState.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("expected the header of a checkpoint, got " + json, e);
    }
  }
}
