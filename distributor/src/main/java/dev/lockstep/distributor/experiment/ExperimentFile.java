package dev.lockstep.distributor.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.data.DataSpec;
import dev.lockstep.data.LockstepException;
import dev.lockstep.data.YamlFile;
import dev.lockstep.distributor.training.TrainingSpec;
import dev.lockstep.models.EstimatorSpec;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Reads experiment files; whatever is wrong in one is said with its place and the way out. */
public final class ExperimentFile {
  private static final List<String> OWN =
      List.of("model", "models", "training", "baselines", "tuning", "seed", "seeds", "output");

  private ExperimentFile() {}

  /** As {@link #read(String)}. */
  public static Experiment read(Path file) {
    return read(file.toString());
  }

  /**
   * Reads a file.
   *
   * @param file its path on this machine, or a URI such as {@code hdfs://host/path}
   * @throws LockstepException if it cannot be read or says something that is not known
   */
  public static Experiment read(String file) {
    return parse(YamlFile.text(file, "experiment file"), file);
  }

  /** As {@link #read(String)}, from a text; {@code name} is what errors call it. */
  public static Experiment parse(String text, String name) {
    return YamlFile.parse(text, name, "table: PATH", root -> bind(root, text, name));
  }

  private static Experiment bind(ObjectNode root, String text, String name)
      throws JsonProcessingException {
    List<String> ofData =
        Arrays.stream(DataSpec.class.getRecordComponents()).map(RecordComponent::getName).toList();
    ObjectNode data = root.objectNode();
    for (var entry : root.properties()) {
      if (ofData.contains(entry.getKey())) {
        data.set(entry.getKey(), entry.getValue());
      } else if (!OWN.contains(entry.getKey())) {
        List<String> all = new ArrayList<>(ofData);
        all.addAll(OWN);
        throw YamlFile.unknown(name, entry.getKey(), all, null);
      }
    }
    JsonNode models = root.has("models") ? root.get("models") : root.path("model");
    JsonNode output = root.path("output");
    return new Experiment(
        YamlFile.value(data, DataSpec.class),
        estimators(models),
        root.has("training")
            ? YamlFile.value(root.get("training"), TrainingSpec.class)
            : TrainingSpec.empty(),
        estimators(root.path("baselines")),
        root.hasNonNull("tuning")
            ? Optional.of(YamlFile.value(root.get("tuning"), TuningSpec.class))
            : Optional.empty(),
        seeds(root.path("seed"), root.path("seeds")),
        output.isMissingNode() ? "lockstep-runs" : output.asText(),
        text);
  }

  /** One seed or a list of them, by two keys of which a file has one. */
  private static List<Long> seeds(JsonNode one, JsonNode several) {
    if (!one.isMissingNode() && !several.isMissingNode()) {
      throw new IllegalArgumentException(
          "say 'seed' for one seed or 'seeds' for several, not both");
    }
    if (several.isMissingNode()) {
      return List.of(seed("seed", one));
    }
    if (!several.isArray()) {
      throw new IllegalArgumentException(
          "'seeds' must be a list such as [1, 2, 3], but is " + several);
    }
    return several.valueStream().map(seed -> seed("seeds", seed)).toList();
  }

  private static long seed(String key, JsonNode node) {
    if (!node.isMissingNode() && !(node.isIntegralNumber() && node.canConvertToLong())) {
      throw new IllegalArgumentException(
          key.equals("seed")
              ? "'seed' must be a whole number, but is " + node
              : "'seeds' must be whole numbers, but there is " + node);
    }
    return node.asLong(0);
  }

  /** One estimator or a list of them. */
  private static List<EstimatorSpec> estimators(JsonNode node) throws JsonProcessingException {
    if (node.isMissingNode() || node.isNull()) {
      return List.of();
    }
    if (!node.isArray()) {
      return List.of(EstimatorSpec.of(YamlFile.value(node, Object.class)));
    }
    List<EstimatorSpec> all = new ArrayList<>();
    for (JsonNode one : node) {
      all.add(EstimatorSpec.of(YamlFile.value(one, Object.class)));
    }
    return all;
  }
}
