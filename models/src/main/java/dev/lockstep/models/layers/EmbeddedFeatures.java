package dev.lockstep.models.layers;

import dev.lockstep.models.FeatureSchema;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Categorical features that are embedded.
 *
 * @param columns their places among the network's categorical features
 * @param cardinalities number of indices of each
 * @param sharded whether the rows of their tables are sharded over the ranks of a training, so that
 *     a step costs what its batch touches; otherwise a table is a parameter like any other
 */
public record EmbeddedFeatures(
    List<Integer> columns, List<Integer> cardinalities, boolean sharded) {
  /** Copies the lists. */
  public EmbeddedFeatures {
    columns = List.copyOf(columns);
    cardinalities = List.copyOf(cardinalities);
  }

  /** All categorical features of a network. */
  public static EmbeddedFeatures of(FeatureSchema schema, boolean sharded) {
    return new EmbeddedFeatures(first(schema.categorical()), schema.cardinalities(), sharded);
  }

  /** Features of those cardinalities, whose tables are parameters like any other. */
  public static EmbeddedFeatures dense(List<Integer> cardinalities) {
    return new EmbeddedFeatures(first(cardinalities.size()), cardinalities, false);
  }

  private static List<Integer> first(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  /** Some of these features, by their places in this list. */
  EmbeddedFeatures at(List<Integer> places) {
    return new EmbeddedFeatures(
        places.stream().map(columns::get).toList(),
        places.stream().map(cardinalities::get).toList(),
        sharded);
  }

  /** Number of features. */
  int size() {
    return columns.size();
  }
}
