package dev.lockstep.data.features;

import java.util.function.ToIntFunction;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.unsafe.types.UTF8String;

/** From the bytes of a value, null where it is missing, to its index. */
final class CategoryIndex implements UDF1<byte[], Double> {
  private static final long serialVersionUID = 1;

  private final CategoricalFeature feature;

  /** Not serializable; made where rows are encoded. */
  private transient ToIntFunction<UTF8String> indices;

  CategoryIndex(CategoricalFeature feature) {
    this.feature = feature;
  }

  @Override
  public Double call(byte[] value) {
    ToIntFunction<UTF8String> made = indices;
    if (made == null) {
      made = new CategoryIndices(feature);
      indices = made;
    }
    return (double) made.applyAsInt(UTF8String.fromBytes(value));
  }
}
