package dev.lockstep.data.spec;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which columns are features.
 *
 * @param numeric numeric features; where neither list is given, columns of numbers and times
 * @param categorical categorical features; where neither list is given, the other columns
 * @param exclude columns that are no features
 * @param transform how numbers are transformed: {@code quantile}, {@code standard}, {@code robust},
 *     or {@code auto} for what the network does best with
 * @param hashed columns of very many values, and how many indices the values of each share by their
 *     hashes; they are categorical, whatever their type
 * @param dates columns of dates and timestamps that are features by their age and by their place in
 *     the day, the week, the month and the year; those that are not named are numbers, where
 *     columns' types decide. An empty list is no part of the JSON, which names what rows were made
 *     of: files without dates keep their fingerprints
 */
public record FeaturesSpec(
    List<String> numeric,
    List<String> categorical,
    List<String> exclude,
    String transform,
    Map<String, Integer> hashed,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> dates) {
  /** The known transforms. */
  public static final List<String> TRANSFORMS = List.of("auto", "quantile", "standard", "robust");

  /** Fills in what is not said. */
  public FeaturesSpec {
    numeric = numeric == null ? List.of() : List.copyOf(numeric);
    categorical = categorical == null ? List.of() : List.copyOf(categorical);
    exclude = exclude == null ? List.of() : List.copyOf(exclude);
    transform = transform == null ? "auto" : transform;
    if (!TRANSFORMS.contains(transform)) {
      throw new IllegalArgumentException(
          "features.transform must be one of %s, but is %s"
              .formatted(String.join(", ", TRANSFORMS), transform));
    }
    hashed = hashed == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(hashed));
    hashed.forEach(
        (column, buckets) -> {
          if (buckets < 2) {
            throw new IllegalArgumentException(
                "features.hashed gives '%s' %d indices; it needs at least 2"
                    .formatted(column, buckets));
          }
        });
    dates = dates == null ? List.of() : List.copyOf(dates);
  }

  /** No column is hashed, and none a date. */
  public FeaturesSpec(
      List<String> numeric, List<String> categorical, List<String> exclude, String transform) {
    this(numeric, categorical, exclude, transform, null, null);
  }

  /** Features by the columns' types. */
  public static FeaturesSpec defaults() {
    return new FeaturesSpec(null, null, null, null);
  }

  /** Whether each network's own numeric transform is taken. */
  public boolean transformByNetwork() {
    return transform.equals("auto");
  }

  /** Whether the columns' types decide. */
  public boolean byType() {
    return numeric.isEmpty() && categorical.isEmpty();
  }
}
