package dev.lockstep.distributor.loop;

import com.fasterxml.jackson.annotation.JsonAlias;
import dev.lockstep.data.Json;
import dev.lockstep.distributor.spec.ValidationMetric;
import dev.lockstep.distributor.step.StepSums;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where a run is, apart from its arrays: what a checkpoint's header says.
 *
 * @param fingerprint names the run's inputs
 * @param step steps taken since the beginning
 * @param updates steps that changed the weights; a step without rows changes nothing
 * @param lossSum weighted sum of the losses of the epoch so far, over all ranks
 * @param weightSum sum of the weights of the epoch so far, over all ranks
 * @param bestEpoch the best epoch so far, from 1; 0 for none
 * @param bestMetric its validation metric
 * @param history reports of the epochs that are done
 * @param parts in a checkpoint that the ranks have written together the SHA-256 of each rank's
 *     parts by name, in hexadecimal; otherwise null
 */
record RunState(
    String fingerprint,
    long step,
    long updates,
    double lossSum,
    double weightSum,
    int bestEpoch,
    double bestMetric,
    List<EpochReport> history,
    @JsonAlias("embeddings") Map<String, String> parts) {
  RunState {
    history = List.copyOf(history);
  }

  static RunState initial(String fingerprint, ValidationMetric metric) {
    return new RunState(fingerprint, 0, 0, 0, 0, 0, metric.worst(), List.of(), null);
  }

  /** After a step. */
  RunState withStep(StepSums sums) {
    return new RunState(
        fingerprint,
        step + 1,
        updates + (sums.weight() > 0 ? 1 : 0),
        lossSum + sums.loss(),
        weightSum + sums.weight(),
        bestEpoch,
        bestMetric,
        history,
        null);
  }

  /** After an epoch: sums restart from zero. */
  RunState withEpoch(EpochReport report, BestWeights best) {
    List<EpochReport> reports = new ArrayList<>(history);
    reports.add(report);
    return new RunState(
        fingerprint, step, updates, 0, 0, best.epoch(), best.metric(), reports, null);
  }

  /** With the parts that a checkpoint of it has. */
  RunState withParts(Map<String, String> written) {
    return new RunState(
        fingerprint,
        step,
        updates,
        lossSum,
        weightSum,
        bestEpoch,
        bestMetric,
        history,
        new TreeMap<>(written));
  }

  /** The SHA-256 of each part by name; none where there are no parts. */
  Map<String, String> partsByName() {
    return parts == null ? Map.of() : parts;
  }

  String toJson() {
    return Json.line(this);
  }

  static RunState fromJson(String json) {
    return Json.read(json, RunState.class);
  }
}
