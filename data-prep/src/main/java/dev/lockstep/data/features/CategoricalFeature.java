package dev.lockstep.data.features;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A categorical column as the train split showed it.
 *
 * @param name the column
 * @param values its values by falling frequency, equal ones in alphabetical order; the first has
 *     index {@link #FIRST}, after {@link #MISSING} and {@link #UNSEEN}
 * @param buckets number of indices after those of the values that all other values share by their
 *     hashes; 0 for none: other values are {@link #UNSEEN}
 */
record CategoricalFeature(String name, List<String> values, int buckets) implements Serializable {
  /** Index of a missing value. */
  static final int MISSING = 0;

  /** Index of a value that the train split did not have. */
  static final int UNSEEN = 1;

  /** Index of the most frequent value. */
  static final int FIRST = 2;

  CategoricalFeature {
    values = List.copyOf(values);
  }

  int size() {
    return FIRST + values.size() + buckets;
  }

  /**
   * The indices of the values that are known.
   *
   * @param key from a value to what it is looked up by
   */
  <K> Map<K, Integer> known(Function<String, K> key) {
    Map<K, Integer> known = new HashMap<>();
    values.forEach(value -> known.put(key.apply(value), FIRST + known.size()));
    return known;
  }

  /** What the indices stand for, as a person reads it. */
  List<String> names() {
    List<String> names = new ArrayList<>(List.of("(missing)", "(unseen)"));
    names.addAll(values);
    for (int i = 0; i < buckets; i++) {
      names.add("(bucket %d)".formatted(i));
    }
    return names;
  }
}
