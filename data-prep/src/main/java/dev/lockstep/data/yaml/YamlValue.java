package dev.lockstep.data.yaml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Names;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * A value of a YAML file and where it is, which every error names.
 *
 * @param node what was written
 * @param file what errors call the file
 * @param path the keys that lead to it, empty for the whole file
 * @param lines the line of each key and item of the file, by its path; empty where no file was read
 */
public record YamlValue(JsonNode node, String file, String path, Map<String, Integer> lines) {
  /** What to do about most mistakes. */
  static final String REMEDY = "Change it in the file";

  /**
   * Values that are no text of a file, as if they were.
   *
   * @param value maps, lists, texts, numbers, and true or false
   * @param file what errors call their origin
   * @param path where they are there
   */
  public static YamlValue of(Object value, String file, String path) {
    return new YamlValue(tree(value), file, path, Map.of());
  }

  private static JsonNode tree(Object value) {
    if (value instanceof Map<?, ?> map) {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      map.forEach((key, v) -> object.set(String.valueOf(key), tree(v)));
      return object;
    }
    if (value instanceof List<?> list) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      list.forEach(v -> array.add(tree(v)));
      return array;
    }
    if (value == null) {
      return NullNode.getInstance();
    }
    return value instanceof String text
        ? TextNode.valueOf(text)
        : new PlainScalar(String.valueOf(value));
  }

  YamlValue withoutLines() {
    return new YamlValue(node, file, path, Map.of());
  }

  static String below(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  /** The value of a key; one that is not said is not {@link #isSaid}. */
  public YamlValue get(String key) {
    JsonNode found = node.has(key) ? node.get(key) : MissingNode.getInstance();
    return new YamlValue(found, file, below(path, key), lines);
  }

  /** Whether there is a key with a value; a key without one says nothing. */
  public boolean isSaid() {
    return !node.isMissingNode() && !node.isNull();
  }

  /** Whether the key is there, with or without a value. */
  public boolean isThere() {
    return !node.isMissingNode();
  }

  /** The same with some of its keys. */
  public YamlValue only(Collection<String> keys) {
    return new YamlValue(((ObjectNode) node).deepCopy().retain(keys), file, path, lines);
  }

  /** The same without some of its keys. */
  public YamlValue without(Collection<String> keys) {
    return new YamlValue(((ObjectNode) node).deepCopy().without(keys), file, path, lines);
  }

  /** Whether it has keys with values. */
  public boolean isMapping() {
    return node.isObject();
  }

  /** A mapping's keys and those of another that it lacks, in mappings within it, too. */
  public YamlValue over(YamlValue defaults) {
    return new YamlValue(merged(node, defaults.node), file, path, lines);
  }

  private static JsonNode merged(JsonNode own, JsonNode defaults) {
    if (!own.isObject() || !defaults.isObject()) {
      return own;
    }
    ObjectNode all = ((ObjectNode) defaults).deepCopy();
    own.properties()
        .forEach(
            e -> {
              JsonNode other = defaults.path(e.getKey());
              all.set(e.getKey(), merged(e.getValue(), other));
            });
    return all;
  }

  /** As a YAML file of its own: read again, it is the same value. */
  public String text() {
    return YamlText.of(node);
  }

  /** The items of a list; a value that is no list is a list of one. */
  public List<YamlValue> items() {
    if (!isSaid()) {
      return List.of();
    }
    if (!node.isArray()) {
      return List.of(this);
    }
    List<YamlValue> items = new ArrayList<>();
    node.forEach(
        item ->
            items.add(new YamlValue(item, file, below(path, String.valueOf(items.size())), lines)));
    return items;
  }

  /**
   * The value as a type: a record by its components, an enumeration by its words, a list, a
   * mapping, a text, a number, true or false, or {@code Object} for what was written; null where
   * nothing was.
   *
   * @throws LockstepException if it is no such value, or has keys that the type does not know
   */
  public <T> T as(Class<T> type) {
    return type.cast(new YamlBinder(this).bind(type));
  }

  /**
   * Refuses keys that are not known.
   *
   * @throws LockstepException naming one, and the known key that is spelt most like it
   */
  public void refuseOthers(Collection<String> known) {
    node.fieldNames()
        .forEachRemaining(
            key -> {
              if (!known.contains(key)) {
                throw unknown(key, known);
              }
            });
  }

  /** A key that is not known, and the nearest that is. */
  LockstepException unknown(String key, Collection<String> known) {
    return new LockstepException(
        "%s: unknown key '%s'".formatted(at(below(path, key)), below(path, key)),
        "Did you mean '%s'? Known here are %s"
            .formatted(Names.nearest(key, known), String.join(", ", new TreeSet<>(known))));
  }

  /** That the value is something else than it must be. */
  LockstepException wrong(String expected) {
    return wrong(expected, REMEDY);
  }

  LockstepException wrong(String expected, String remedy) {
    return new LockstepException(
        "%s: '%s' must be %s, but is %s".formatted(place(), path, expected, shown()), remedy);
  }

  /** The file and the line, as errors begin: {@code people.yaml line 7}. */
  public String place() {
    return at(path);
  }

  private String at(String key) {
    return lines.containsKey(key) ? file + " line " + lines.get(key) : file;
  }

  /** What was written, as far as it fits a line. */
  private String shown() {
    if (node.isObject()) {
      return "a mapping of keys to values";
    }
    if (node.isArray()) {
      return "a list";
    }
    return isSaid() ? "'" + node.textValue() + "'" : "empty";
  }
}
