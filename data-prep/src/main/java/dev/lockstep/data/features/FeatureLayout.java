package dev.lockstep.data.features;

import java.io.Serializable;
import java.util.List;

/**
 * The columns of an encoded row, in order.
 *
 * @param numeric the entries of the {@code numeric} array
 * @param categorical the entries of the {@code categorical} array
 */
public record FeatureLayout(List<Numeric> numeric, List<Categorical> categorical)
    implements Serializable {
  /** Copies the lists, so that a layout never changes. */
  public FeatureLayout {
    numeric = List.copyOf(numeric);
    categorical = List.copyOf(categorical);
  }

  /**
   * A numeric feature.
   *
   * @param name the column's name
   * @param edges distinct quantiles of its encoded values on the train split, strictly ascending,
   *     from the least to the greatest value, at most 49: the bins of a piecewise linear encoding
   */
  public record Numeric(String name, List<Float> edges) implements Serializable {
    /** Copies the edges, so that they never change. */
    public Numeric {
      edges = List.copyOf(edges);
    }
  }

  /**
   * A categorical feature.
   *
   * @param name the column's name
   * @param size number of indices, those of missing and unseen values included; an encoded value is
   *     in {@code [0, size)}
   */
  public record Categorical(String name, int size) implements Serializable {
    /** Refuses sizes that no index fits in. */
    public Categorical {
      if (size < 1) {
        throw new IllegalStateException(name + ": expected a size of at least 1, got " + size);
      }
    }
  }
}
