package dev.lockstep.data.features;

import java.util.List;

/**
 * Which columns are features.
 *
 * @param numeric numeric features; where neither list is given, columns of numbers and times
 * @param categorical categorical features; where neither list is given, the other columns
 * @param exclude columns that are no features
 * @param transform what becomes of numbers: {@code quantile}, {@code standard}, {@code robust}, or
 *     {@code auto} for what the network does best with
 */
public record FeaturesSpec(
    List<String> numeric, List<String> categorical, List<String> exclude, String transform) {
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
  }

  /** Features by the columns' types. */
  public static FeaturesSpec defaults() {
    return new FeaturesSpec(null, null, null, null);
  }

  /** Whether the columns' types decide. */
  public boolean byType() {
    return numeric.isEmpty() && categorical.isEmpty();
  }
}
