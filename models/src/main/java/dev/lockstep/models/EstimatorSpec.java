package dev.lockstep.models;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An estimator by name with its options, as an experiment file says it: {@code gbt} or {@code
 * {name: mlp, hidden: [256, 256]}}. Who builds the estimator checks the options.
 *
 * @param name the estimator's name
 * @param options its options as they stand in the file
 */
public record EstimatorSpec(
    @JsonProperty("name") String name, @JsonAnyGetter Map<String, Object> options)
    implements Serializable {
  /** Copies the options, keeping their order. */
  public EstimatorSpec {
    if (name == null || name.isBlank()) {
      throw new IllegalArgumentException("an estimator needs a name");
    }
    options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
  }

  /** From YAML or JSON: a name alone, or a mapping with the key {@code name}. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static EstimatorSpec of(Object node) {
    if (node instanceof String name) {
      return new EstimatorSpec(name, Map.of());
    }
    if (node instanceof Map<?, ?> map && map.get("name") instanceof String name) {
      Map<String, Object> options = new LinkedHashMap<>();
      map.forEach((key, value) -> options.put(String.valueOf(key), value));
      options.remove("name");
      return new EstimatorSpec(name, options);
    }
    throw new IllegalArgumentException(
        "expected an estimator's name or a mapping with the key 'name', got " + node);
  }
}
