package dev.lockstep.data.yaml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;

/** Writes a tree of YAML, with scalars as they were written. */
final class YamlText {
  private static final String STEP = "  ";

  private final StringBuilder text = new StringBuilder();

  private YamlText() {}

  static String of(JsonNode node) {
    YamlText all = new YamlText();
    all.write(node, "");
    return all.text.toString();
  }

  /** Writes what follows a key or a dash, up to the end of the line. */
  private void write(JsonNode node, String indent) {
    if (node.isObject() && !node.isEmpty()) {
      line(indent);
      node.properties()
          .forEach(
              e -> {
                text.append(indent).append(quoted(e.getKey())).append(':');
                write(e.getValue(), indent + STEP);
              });
    } else if (node.isArray() && !node.isEmpty()) {
      line(indent);
      node.forEach(
          item -> {
            text.append(indent).append('-');
            write(item, indent + STEP);
          });
    } else {
      text.append(' ').append(scalar(node)).append('\n');
    }
  }

  /** What has parts begins on a line of its own; the whole does so already. */
  private void line(String indent) {
    if (!indent.isEmpty()) {
      text.append('\n');
    }
  }

  private static String scalar(JsonNode node) {
    if (node.isObject()) {
      return "{}";
    }
    if (node.isArray()) {
      return "[]";
    }
    if (node.isNull()) {
      return "";
    }
    return node instanceof PlainScalar ? node.textValue() : quoted(node.textValue());
  }

  /** A text as JSON has it, which YAML reads too; a plain word as it is. */
  static String quoted(String text) {
    return text.matches("[A-Za-z][A-Za-z0-9_]*")
            && !text.matches("(?i)y|n|yes|no|on|off|true|false|null")
        ? text
        : TextNode.valueOf(text).toString();
  }
}
