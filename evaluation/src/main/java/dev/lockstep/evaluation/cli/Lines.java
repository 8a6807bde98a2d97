package dev.lockstep.evaluation.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.data.Json;
import java.util.StringJoiner;
import java.util.function.Consumer;

/** Where a benchmark's lines go: as they are with {@code --json}, else as names and values. */
final class Lines {
  private Lines() {}

  static Consumer<String> to(CommonOptions options) {
    return line -> {
      JsonNode object = Json.read(line, JsonNode.class);
      StringJoiner text = new StringJoiner("  ");
      object.properties().forEach(e -> text.add(e.getKey() + " " + e.getValue().asText()));
      options.print(object, text.toString());
    };
  }
}
