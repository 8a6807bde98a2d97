package dev.lockstep.data.spec;

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
 */
public record FeaturesSpec(
    List<String> numeric,
    List<String> categorical,
    List<String> exclude,
    String transform,
    Map<String, Integer> hashed) {
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
  }

  /** No column is hashed. */
  public FeaturesSpec(
      List<String> numeric, List<String> categorical, List<String> exclude, String transform) {
    this(numeric, categorical, exclude, transform, null);
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
