package dev.lockstep.models.layers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Embedding;
import ai.djl.training.ParameterStore;
import dev.lockstep.models.EmbeddingLookup;
import dev.lockstep.models.EmbeddingTable;
import dev.lockstep.models.Initial;
import java.util.List;

/**
 * Embeddings of categorical features by one lookup, in one table in which each feature has its own
 * range of rows.
 */
public final class CategoryEmbedding extends Layer {
  private final EmbeddedFeatures features;
  private final int width;
  private final Constant offsets;
  private final Parameter table;

  /** Embeddings of {@code width} values for each feature, of which there is at least one. */
  public CategoryEmbedding(EmbeddedFeatures features, int width, Initial initial) {
    this.features = features;
    this.width = width;
    if (features.sharded()) {
      this.offsets = null;
      this.table =
          table(
              "embedding",
              new EmbeddingTable(features.columns(), features.cardinalities(), width, initial));
      return;
    }
    this.offsets = constant(offsets(features.cardinalities()));
    int rows =
        Math.toIntExact(features.cardinalities().stream().mapToLong(Integer::longValue).sum());
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
    return features.size() * width;
  }

  /**
   * From {@code [batch, features]} int32 to {@code [batch, features, width]}; a sharded table takes
   * all of the network's categorical features and chooses its own.
   */
  @Override
  public NDArray apply(ParameterStore store, NDArray indices, boolean training) {
    if (features.sharded()) {
      if (store instanceof EmbeddingLookup lookup) {
        return lookup.embedded(table, indices);
      }
      throw new IllegalStateException("expected a store with the rows of sharded tables");
    }
    NDArray rows = features.size() == 1 ? indices : indices.add(offsets.array());
    NDArray weights = value(store, table, indices, training);
    return Embedding.embedding(rows, weights, SparseFormat.DENSE).singletonOrThrow();
  }
}
