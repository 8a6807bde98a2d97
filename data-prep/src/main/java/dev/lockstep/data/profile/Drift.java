package dev.lockstep.data.profile;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How the pinned version differs from the one before the last change of its rows, by {@linkplain
 * StabilityIndex population stability index}.
 *
 * @param version the earlier version
 * @param commitTime when that was committed, ISO 8601 in UTC
 * @param rows number of its rows
 * @param index the index by column, greatest first: the label's, and for a feature the greater of
 *     that of its values and that of whether it has one
 * @param incomparable columns that the earlier version does not have, or has as another type
 */
public record Drift(
    long version,
    String commitTime,
    long rows,
    Map<String, Double> index,
    List<String> incomparable) {
  /** Above this, as is commonly held, a column deserves a look. */
  public static final double MUCH = 0.2;

  /** Copies the collections; their order stays. */
  public Drift {
    index = Collections.unmodifiableMap(new LinkedHashMap<>(index));
    incomparable = List.copyOf(incomparable);
  }

  /** The columns whose index is above {@link #MUCH}, greatest first. */
  public List<String> much() {
    return index.entrySet().stream()
        .filter(e -> e.getValue() > MUCH)
        .map(Map.Entry::getKey)
        .toList();
  }
}
