package dev.lockstep.models.layers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Embedding;
import ai.djl.training.ParameterStore;
import dev.lockstep.models.Initial;
import java.util.List;

/**
 * Embeddings of all categorical features by one lookup, in one table in which each feature has its
 * own range of rows.
 */
public final class CategoryEmbedding extends Layer {
  private final int features;
  private final int width;
  private final Constant offsets;
  private final Parameter table;

  /** Embeddings of {@code width} values for each feature of those cardinalities, at least one. */
  public CategoryEmbedding(List<Integer> cardinalities, int width, Initial initial) {
    this.features = cardinalities.size();
    this.width = width;
    this.offsets = constant(offsets(cardinalities));
    int rows = Math.toIntExact(cardinalities.stream().mapToLong(Integer::longValue).sum());
    this.table = parameter("embedding", Parameter.Type.OTHER, initial, rows, width);
  }

  /** The row at which each feature's range begins. */
  static int[] offsets(List<Integer> cardinalities) {
    int[] offsets = new int[cardinalities.size()];
    for (int i = 1; i < offsets.length; i++) {
      offsets[i] = Math.addExact(offsets[i - 1], cardinalities.get(i - 1));
    }
    return offsets;
  }

  /** Number of values of all features of a row. */
  public int outputs() {
    return features * width;
  }

  /** From {@code [batch, categorical]} int32 to {@code [batch, categorical, width]}. */
  @Override
  public NDArray apply(ParameterStore store, NDArray indices, boolean training) {
    NDArray rows = features == 1 ? indices : indices.add(offsets.array());
    NDArray weights = value(store, table, indices, training);
    return Embedding.embedding(rows, weights, SparseFormat.DENSE).singletonOrThrow();
  }
}
