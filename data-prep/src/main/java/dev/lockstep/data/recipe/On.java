package dev.lockstep.data.recipe;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which columns must be equal for a source's row to belong to a row.
 *
 * @param columns the rows' column to the source's, at least one
 */
public record On(@JsonValue Map<String, String> columns) {
  /** Copies the columns; their order stays. */
  public On {
    columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
    if (columns.isEmpty()) {
      throw new IllegalArgumentException("'on' and 'by' need at least one column");
    }
  }

  /** Columns of the same names on both sides. */
  public static On same(String... names) {
    Map<String, String> columns = new LinkedHashMap<>();
    List.of(names).forEach(n -> columns.put(n, n));
    return new On(columns);
  }

  /** Reads a name, a list of names, or a mapping of the rows' names to the source's. */
  @JsonCreator
  static On parse(JsonNode node) {
    Map<String, String> columns = new LinkedHashMap<>();
    if (node.isObject()) {
      node.properties().forEach(e -> columns.put(e.getKey(), Texts.of(e.getKey(), e.getValue())));
    } else {
      Texts.of(node).forEach(name -> columns.put(name, name));
    }
    return new On(columns);
  }

  /** The rows' columns. */
  List<String> left() {
    return List.copyOf(columns.keySet());
  }

  /** The source's columns, in the same order. */
  List<String> right() {
    return List.copyOf(columns.values());
  }
}
