package dev.lockstep.distributor.experiment;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.lockstep.data.DataSpec;
import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Names;
import dev.lockstep.distributor.training.TrainingSpec;
import dev.lockstep.models.EstimatorSpec;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Reads experiment files; whatever is wrong in one is said with its place and the way out. */
public final class ExperimentFile {
  private static final YAMLMapper YAML =
      YAMLMapper.builder().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION).build();
  private static final List<String> OWN =
      List.of("model", "models", "training", "baselines", "tuning", "seed", "seeds", "output");

  private ExperimentFile() {}

  /**
   * Reads a file.
   *
   * @throws LockstepException if it cannot be read or says something that is not known
   */
  public static Experiment read(Path file) {
    try {
      return parse(Files.readString(file, StandardCharsets.UTF_8), file.toString());
    } catch (NoSuchFileException e) {
      throw new LockstepException("no experiment file " + file, "Check the path", e);
    } catch (IOException e) {
      throw new LockstepException(
          "cannot read " + file + ": " + e.getMessage(), "It must be a YAML file in UTF-8", e);
    }
  }

  /** As {@link #read}, from a text; {@code name} is what errors call it. */
  public static Experiment parse(String text, String name) {
    try {
      JsonNode tree = YAML.readTree(text);
      if (!(tree instanceof ObjectNode root)) {
        throw new LockstepException(
            name + " is not a mapping of keys to values", "Begin with 'table: PATH'");
      }
      return bind(root, text, name);
    } catch (UnrecognizedPropertyException e) {
      throw unknown(name, place(e), known(e), e);
    } catch (JsonMappingException e) {
      throw new LockstepException(
          "%s: %s%s".formatted(name, prefix(place(e)), cause(e)), "Mend it in the file", e);
    } catch (JsonProcessingException e) {
      String at = e.getLocation() == null ? "" : " line " + e.getLocation().getLineNr();
      throw new LockstepException(
          name
              + at
              + " is not valid YAML: "
              + e.getOriginalMessage().lines().findFirst().orElse(""),
          "Mind indentation, and a blank after each colon",
          e);
    } catch (IllegalArgumentException e) {
      throw new LockstepException(name + ": " + e.getMessage(), "Mend it in the file", e);
    }
  }

  private static Experiment bind(ObjectNode root, String text, String name)
      throws JsonProcessingException {
    List<String> ofData =
        Arrays.stream(DataSpec.class.getRecordComponents()).map(RecordComponent::getName).toList();
    ObjectNode data = YAML.createObjectNode();
    for (var entry : root.properties()) {
      if (ofData.contains(entry.getKey())) {
        data.set(entry.getKey(), entry.getValue());
      } else if (!OWN.contains(entry.getKey())) {
        List<String> all = new ArrayList<>(ofData);
        all.addAll(OWN);
        throw unknown(name, entry.getKey(), all, null);
      }
    }
    JsonNode models = root.has("models") ? root.get("models") : root.path("model");
    JsonNode output = root.path("output");
    return new Experiment(
        YAML.treeToValue(data, DataSpec.class),
        estimators(models),
        root.has("training")
            ? YAML.treeToValue(root.get("training"), TrainingSpec.class)
            : TrainingSpec.empty(),
        estimators(root.path("baselines")),
        root.has("tuning")
            ? Optional.of(YAML.treeToValue(root.get("tuning"), TuningSpec.class))
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
  private static List<EstimatorSpec> estimators(JsonNode node) {
    if (node.isMissingNode() || node.isNull()) {
      return List.of();
    }
    if (!node.isArray()) {
      return List.of(EstimatorSpec.of(YAML.convertValue(node, Object.class)));
    }
    return YAML.convertValue(node, new TypeReference<List<Object>>() {}).stream()
        .map(EstimatorSpec::of)
        .toList();
  }

  private static LockstepException unknown(
      String name, String key, Collection<String> known, Throwable cause) {
    String last = key.substring(key.lastIndexOf('.') + 1);
    return new LockstepException(
        "%s: unknown key '%s'".formatted(name, key),
        "Did you mean '%s'? Known here are %s"
            .formatted(Names.nearest(last, known), String.join(", ", new TreeSet<>(known))),
        cause);
  }

  private static Collection<String> known(UnrecognizedPropertyException e) {
    return e.getKnownPropertyIds().stream().map(String::valueOf).toList();
  }

  private static String place(JsonMappingException e) {
    return e.getPath().stream()
        .map(r -> r.getFieldName() == null ? String.valueOf(r.getIndex()) : r.getFieldName())
        .collect(Collectors.joining("."));
  }

  private static String prefix(String place) {
    return place.isEmpty() ? "" : "'" + place + "': ";
  }

  private static String cause(JsonMappingException e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message =
        root instanceof JsonProcessingException json
            ? json.getOriginalMessage()
            : root.getMessage();
    return message == null ? root.toString() : message.lines().findFirst().orElse("");
  }
}
