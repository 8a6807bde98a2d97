package dev.lockstep.models.layers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import java.util.List;

/** All categorical features as zeros and ones, side by side, by one scatter. */
public final class OneHot extends Layer {
  private final int outputs;
  private final Constant offsets;

  /** For features of those cardinalities, at least one. */
  public OneHot(List<Integer> cardinalities) {
    outputs = Math.toIntExact(cardinalities.stream().mapToLong(Integer::longValue).sum());
    offsets = constant(CategoryEmbedding.offsets(cardinalities));
  }

  /** Number of values of a row. */
  public int outputs() {
    return outputs;
  }

  /** From {@code [batch, categorical]} int32 to {@code [batch, outputs]}. */
  @Override
  public NDArray apply(ParameterStore store, NDArray indices, boolean training) {
    NDArray places = indices.add(offsets.array()).toType(DataType.INT64, false);
    NDArray zeros = indices.getManager().zeros(new Shape(indices.getShape().get(0), outputs));
    return zeros.scatter(places, indices.getManager().ones(places.getShape()), 1);
  }
}
