package dev.lockstep.evaluation.cli;

import dev.lockstep.data.Json;
import dev.lockstep.evaluation.result.TrainedNetworkResult;
import dev.lockstep.evaluation.result.TrainingResult;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A training as a person reads it, and as it goes out as JSON. */
record TrainingText(TrainingResult result) {
  /** The first network stands beside the run, as most runs have one; all are in a list. */
  Map<String, Object> json() {
    Map<String, Object> all = run();
    all.putAll(network(result.networks().get(0)));
    all.put("networks", result.networks().stream().map(TrainingText::network).toList());
    return all;
  }

  String all() {
    List<String> networks =
        result.networks().stream().map(TrainingText::network).map(TrainingText::lines).toList();
    return lines(run()) + "\n" + String.join("\n\n", networks);
  }

  private Map<String, Object> run() {
    Map<String, Object> run = Json.fields(result);
    run.remove("networks");
    return run;
  }

  private static Map<String, Object> network(TrainedNetworkResult network) {
    return Json.fields(network);
  }

  private static String lines(Map<String, Object> values) {
    return values.entrySet().stream()
        .map(e -> String.format(Locale.ROOT, "%-15s %s", e.getKey(), e.getValue()))
        .collect(Collectors.joining("\n"));
  }
}
