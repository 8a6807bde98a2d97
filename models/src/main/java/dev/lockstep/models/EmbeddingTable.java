package dev.lockstep.models;

import java.util.List;

/**
 * An embedding table whose rows are sharded over the ranks of a training: a vector for each index
 * of some of a network's categorical features. A row exists once it has been trained; until then it
 * is worth what the seed of the run gives it.
 *
 * @param columns places of the features among the network's categorical ones
 * @param cardinalities number of indices of each of these features
 * @param width number of values of a row
 * @param initial distribution of a row's first values
 */
public record EmbeddingTable(
    List<Integer> columns, List<Integer> cardinalities, int width, Initial initial) {
  /** Checks that there is a cardinality for each feature. */
  public EmbeddingTable {
    columns = List.copyOf(columns);
    cardinalities = List.copyOf(cardinalities);
    if (columns.isEmpty() || columns.size() != cardinalities.size() || width < 1) {
      throw new IllegalArgumentException(
          "expected features and a width, got %s, %s and %d"
              .formatted(columns, cardinalities, width));
    }
  }
}
