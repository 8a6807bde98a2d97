package dev.lockstep.data.features;

import java.io.Serializable;
import java.util.AbstractList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

  /** What the indices stand for, as a person reads it; made when asked for, as there are many. */
  List<String> names() {
    return new AbstractList<>() {
      @Override
      public String get(int index) {
        Objects.checkIndex(index, size());
        if (index < FIRST) {
          return List.of("(missing)", "(unseen)").get(index);
        }
        int place = index - FIRST;
        return place < values.size()
            ? values.get(place)
            : "(bucket %d)".formatted(place - values.size());
      }

      @Override
      public int size() {
        return CategoricalFeature.this.size();
      }
    };
  }
}
