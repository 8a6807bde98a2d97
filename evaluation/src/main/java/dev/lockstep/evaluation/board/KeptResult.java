package dev.lockstep.evaluation.board;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.lockstep.evaluation.result.ModelResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the board shows of a run's {@code result.json}, whatever release wrote it.
 *
 * @param verdict the comparison in words
 * @param prepareSeconds how long it took to prepare the data
 * @param models its models
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record KeptResult(String verdict, double prepareSeconds, List<Model> models) {
  KeptResult {
    verdict = verdict == null ? "" : verdict;
    models = models == null ? List.of() : List.copyOf(models);
  }

  /**
   * A model.
   *
   * @param name its name
   * @param kind what it is
   * @param trainSeconds how long training took
   * @param predictSeconds how long it took to score the test split
   * @param cost what else it cost
   * @param settings how it was trained
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Model(
      String name,
      ModelResult.Kind kind,
      double trainSeconds,
      double predictSeconds,
      Cost cost,
      Map<String, Object> settings) {
    Model {
      cost = cost == null ? new Cost(0) : cost;
      settings = settings == null ? Map.of() : new LinkedHashMap<>(settings);
    }
  }

  /**
   * What a model cost beside its training.
   *
   * @param tuneSeconds all trials together
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Cost(double tuneSeconds) {}

  /** How long all models took to tune and to train. */
  double seconds() {
    return models.stream().mapToDouble(m -> m.cost().tuneSeconds() + m.trainSeconds()).sum();
  }
}
