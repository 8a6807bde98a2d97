package dev.lockstep.data.yaml;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * YAML as a tree whose scalars keep what was written: a text, a {@link PlainScalar}, or null where
 * there is nothing. Who reads a value knows its type; YAML's own guess would turn {@code no} into
 * false, {@code 1.10} into 1.1 and {@code 010} into 8.
 */
final class YamlTree {
  private static final YAMLFactory YAML = new YAMLFactory();

  private final YAMLParser parser;
  private final Map<String, Integer> lines = new HashMap<>();

  private YamlTree(YAMLParser parser) {
    this.parser = parser;
  }

  /**
   * Reads a document; one without content is null.
   *
   * @param file what errors call it
   * @throws JsonProcessingException if it is not YAML
   * @throws IllegalArgumentException if it is YAML that is not read here, such as an alias
   */
  static YamlValue read(String text, String file) throws JsonProcessingException {
    try (YAMLParser parser = YAML.createParser(text)) {
      YamlTree tree = new YamlTree(parser);
      JsonNode root = parser.nextToken() == null ? NullNode.getInstance() : tree.node("");
      if (parser.nextToken() != null) {
        throw new IllegalArgumentException(
            "there is a second document from line " + tree.line() + " on");
      }
      return new YamlValue(root, file, "", tree.lines);
    } catch (JsonProcessingException e) {
      throw e;
    } catch (IOException e) {
      throw new IllegalStateException("expected to read a text without input or output", e);
    }
  }

  private int line() {
    return parser.currentTokenLocation().getLineNr();
  }

  private JsonNode node(String path) throws IOException {
    if (parser.isCurrentAlias()) {
      throw new IllegalArgumentException(
          "line %d has an alias, *%s: write out what it stands for"
              .formatted(line(), parser.getText()));
    }
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(path);
      case START_ARRAY -> array(path);
      case VALUE_NULL -> NullNode.getInstance();
      case VALUE_STRING -> TextNode.valueOf(parser.getText());
      default -> new PlainScalar(parser.getText());
    };
  }

  private ObjectNode object(String path) throws IOException {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      String place = YamlValue.below(path, key);
      if (object.has(key)) {
        throw new IllegalArgumentException(
            "'%s' is there twice, again in line %d".formatted(place, line()));
      }
      lines.put(place, line());
      parser.nextToken();
      object.set(key, node(place));
    }
    return object;
  }

  private ArrayNode array(String path) throws IOException {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      String place = YamlValue.below(path, String.valueOf(array.size()));
      lines.put(place, line());
      JsonNode item = node(place);
      if (item.isNull()) {
        throw new IllegalArgumentException(
            "item %d of '%s' is empty, in line %d".formatted(array.size() + 1, path, line()));
      }
      array.add(item);
    }
    return array;
  }
}
