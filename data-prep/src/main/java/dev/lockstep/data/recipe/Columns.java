package dev.lockstep.data.recipe;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.data.sql.Identifiers;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Columns, each a SQL expression.
 *
 * @param expressions name to expression, in order
 */
public record Columns(@JsonValue Map<String, String> expressions) {
  /** Copies the expressions; their order stays. */
  public Columns {
    expressions = Collections.unmodifiableMap(new LinkedHashMap<>(expressions));
  }

  /** Columns as they are. */
  public static Columns of(String... names) {
    Map<String, String> columns = new LinkedHashMap<>();
    List.of(names).forEach(n -> columns.put(n, Identifiers.quoted(n)));
    return new Columns(columns);
  }

  /** Reads a name, a list of names, or a mapping of new names to expressions. */
  @JsonCreator
  static Columns parse(JsonNode node) {
    if (node.isObject()) {
      Map<String, String> columns = new LinkedHashMap<>();
      node.properties().forEach(e -> columns.put(e.getKey(), Texts.of(e.getKey(), e.getValue())));
      return new Columns(columns);
    }
    return of(Texts.of(node).toArray(String[]::new));
  }
}
