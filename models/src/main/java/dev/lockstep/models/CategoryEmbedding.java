package dev.lockstep.models;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Embedding;
import ai.djl.training.ParameterStore;
import java.util.List;

/**
 * Embeddings of all categorical features by one lookup, in one table in which each feature has its
 * own range of rows.
 */
final class CategoryEmbedding extends TabularBlock {
  private final int[] offsets;
  private final int width;
  private final Parameter table;

  /** Embeddings of {@code width} values for each feature of those cardinalities. */
  CategoryEmbedding(List<Integer> cardinalities, int width, Initial initial) {
    this.width = width;
    offsets = new int[cardinalities.size()];
    int rows = 0;
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = rows;
      rows += cardinalities.get(i);
    }
    table = parameter("embedding", Parameter.Type.OTHER, initial, rows, width);
  }

  int outputs() {
    return offsets.length * width;
  }

  /** From {@code [batch, categorical]} int32 to {@code [batch, categorical, width]}. */
  @Override
  protected NDList compute(ParameterStore store, NDList inputs, boolean training) {
    NDArray indices = inputs.singletonOrThrow();
    NDArray rows = indices.add(indices.getManager().create(offsets));
    NDArray weights = value(store, table, indices, training);
    return new NDList(Embedding.embedding(rows, weights, SparseFormat.DENSE).singletonOrThrow());
  }
}
