package dev.lockstep.data.features;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives words numbers, in the order in which they come.
 *
 * @param <K> a form of a word that can be a key and stays as it is
 */
final class WordsBuilder<K> {
  private final Map<K, Integer> codes = new HashMap<>();
  private final List<String> values = new ArrayList<>();

  /** The number of a word. */
  int code(K word) {
    Integer known = codes.get(word);
    if (known != null) {
      return known;
    }
    codes.put(word, values.size());
    values.add(word.toString());
    return values.size() - 1;
  }

  /** The number of a word, or -1. */
  int known(K word) {
    return codes.getOrDefault(word, TrainSample.Words.MISSING);
  }

  /** The words by their numbers. */
  List<String> values() {
    return List.copyOf(values);
  }
}
