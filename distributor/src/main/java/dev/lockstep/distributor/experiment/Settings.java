package dev.lockstep.distributor.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lockstep.data.Json;
import dev.lockstep.distributor.spec.Network;
import dev.lockstep.models.EstimatorSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Whatever a run depends on, by its key in the experiment file, defaults filled in. */
final class Settings {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final Map<String, String> all = new LinkedHashMap<>();

  private Settings() {}

  /** The settings of an experiment that a command's result depends on. */
  static Map<String, String> of(Experiment experiment, String command) {
    Settings settings = new Settings();
    settings.put("", Json.fields(experiment.data()));
    List<Network> networks = experiment.networks();
    for (int m = 0; m < networks.size(); m++) {
      String training = m == 0 ? "training." : "models.%d.training.".formatted(m);
      settings.put(m == 0 ? "model" : "models." + m, experiment.models().get(m));
      settings.put(training, Json.fields(networks.get(m).training().options()));
    }
    boolean one = experiment.seeds().size() == 1;
    settings.all.put(
        one ? "seed" : "seeds", one ? "" + experiment.seed() : "" + experiment.seeds());
    if (command.equals(RunInputs.COMPARE)) {
      settings.ofComparison(experiment);
    }
    return settings.all;
  }

  private void ofComparison(Experiment experiment) {
    for (int b = 0; b < experiment.baselines().size(); b++) {
      put("baselines." + b, experiment.baselines().get(b));
    }
    experiment.tuning().ifPresent(tuning -> put("tuning.", Json.fields(tuning)));
    experiment.splits().ifPresent(splits -> put("splits.", Json.fields(splits)));
    all.put("ensemble", String.valueOf(experiment.ensemble()));
  }

  private void put(String key, EstimatorSpec model) {
    all.put(key, model.name());
    put(key + ".", model.options());
  }

  private void put(String prefix, Map<String, Object> values) {
    flatten(prefix, MAPPER.valueToTree(values));
  }

  private void flatten(String prefix, JsonNode node) {
    for (var field : node.properties()) {
      if (field.getValue().isObject()) {
        flatten(prefix + field.getKey() + ".", field.getValue());
      } else {
        all.put(prefix + field.getKey(), field.getValue().toString());
      }
    }
  }
}
