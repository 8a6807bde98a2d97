package dev.lockstep.data.features;

import dev.lockstep.data.internal.spark.XxHash;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.apache.spark.unsafe.types.UTF8String;

/** The indices of a categorical feature's values, ready to be looked up many times. */
final class CategoryIndices implements ToIntFunction<UTF8String> {
  private final Map<UTF8String, Integer> known;
  private final int buckets;

  CategoryIndices(CategoricalFeature feature) {
    known = feature.known(UTF8String::fromString);
    buckets = feature.buckets();
  }

  /**
   * The index of a value.
   *
   * @param value null where it is missing
   */
  @Override
  public int applyAsInt(UTF8String value) {
    if (value == null) {
      return CategoricalFeature.MISSING;
    }
    Integer index = known.get(value);
    if (index != null) {
      return index;
    }
    return buckets == 0
        ? CategoricalFeature.UNSEEN
        : CategoricalFeature.FIRST
            + known.size()
            + (int) Math.floorMod(XxHash.of(value), (long) buckets);
  }
}
