package dev.lockstep.evaluation.mlflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lockstep.data.Json;
import dev.lockstep.evaluation.mlflow.MlflowApi.Named;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Names and values as MLflow takes them: of some characters, and not longer than it stores. */
final class Entries {
  private static final int LONGEST_KEY = 250;
  private static final int LONGEST_PARAMETER = 6000;

  /** Of early releases; later ones take 5000. */
  private static final int LONGEST_TAG = 4000;

  private static final Pattern REFUSED =
      Pattern.compile("[^\\w.\\- ]", Pattern.UNICODE_CHARACTER_CLASS);
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private Entries() {}

  /** A name without what MLflow refuses in one; a slash, which makes groups, is refused too. */
  static String key(String name) {
    String key = REFUSED.matcher(name).replaceAll("_");
    return cut(key.matches("\\.{0,2}") ? "_" + key : key, LONGEST_KEY);
  }

  /**
   * Parameters: nested values by names with dots, without those that are null.
   *
   * @param taken names that the run has already; gets those that are made
   */
  static List<Named> parameters(Map<String, ?> values, Set<String> taken) {
    List<Named> all = new ArrayList<>();
    flatten("", MAPPER.valueToTree(values), all, taken);
    return all;
  }

  private static void flatten(String prefix, JsonNode node, List<Named> all, Set<String> taken) {
    for (var field : node.properties()) {
      JsonNode value = field.getValue();
      String name = prefix + field.getKey();
      if (value.isObject()) {
        flatten(name + ".", value, all, taken);
      } else if (!value.isNull() && taken.add(key(name))) {
        String text = value.isTextual() ? value.asText() : value.toString();
        all.add(new Named(key(name), cut(text, LONGEST_PARAMETER)));
      }
    }
  }

  /**
   * Parameters of settings whose values are JSON already, strings in quotes.
   *
   * @param taken as for {@link #parameters}
   */
  static List<Named> settings(Map<String, String> settings, Set<String> taken) {
    List<Named> all = new ArrayList<>();
    settings.forEach(
        (name, json) -> {
          if (!json.equals("null") && taken.add(key(name))) {
            String text = json.startsWith("\"") ? Json.read(json, String.class) : json;
            all.add(new Named(key(name), cut(text, LONGEST_PARAMETER)));
          }
        });
    return all;
  }

  /** Tags; those without a value are left out. */
  static List<Named> tags(Map<String, String> tags) {
    Set<String> taken = new HashSet<>();
    return tags.entrySet().stream()
        .filter(tag -> !tag.getValue().isEmpty() && taken.add(key(tag.getKey())))
        .map(tag -> new Named(key(tag.getKey()), cut(tag.getValue(), LONGEST_TAG)))
        .toList();
  }

  private static String cut(String value, int length) {
    return value.substring(0, Math.min(value.length(), length));
  }
}
