package dev.lockstep.data.features;

import java.io.Serializable;
import java.util.List;

/**
 * A categorical column as the train split showed it.
 *
 * @param name the column
 * @param values its values by falling frequency, equal ones in alphabetical order; the first has
 *     index {@link #FIRST}, after {@link #MISSING} and {@link #UNSEEN}
 */
record CategoricalFeature(String name, List<String> values) implements Serializable {
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
    return values.size() + FIRST;
  }
}
