package dev.lockstep.data.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.StreamSupport;

/** Texts where a recipe may write one, several or named ones. */
final class Texts {
  private Texts() {}

  /** One text, or a list of them. */
  static List<String> of(JsonNode node) {
    return node.isArray()
        ? StreamSupport.stream(node.spliterator(), false).map(n -> of("an item", n)).toList()
        : List.of(of("it", node));
  }

  /**
   * A text.
   *
   * @param what what errors call it
   * @throws IllegalArgumentException if it is none
   */
  static String of(String what, JsonNode node) {
    if (!node.isTextual()) {
      throw new IllegalArgumentException("%s must have a text".formatted(what));
    }
    return node.textValue();
  }
}
