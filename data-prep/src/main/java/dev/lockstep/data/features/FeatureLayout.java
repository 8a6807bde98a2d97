package dev.lockstep.data.features;

import java.util.List;

/**
 * The columns of an encoded row, in order.
 *
 * @param numeric names of the entries of the {@code numeric} array
 * @param categorical the entries of the {@code categorical} array
 */
public record FeatureLayout(List<String> numeric, List<Categorical> categorical)
    implements java.io.Serializable {
  /** Copies the lists, so that a layout never changes. */
  public FeatureLayout {
    numeric = List.copyOf(numeric);
    categorical = List.copyOf(categorical);
  }

  /**
   * A categorical feature.
   *
   * @param name the column's name
   * @param size number of indices, those of missing and unseen values included; an encoded value is
   *     in {@code [0, size)}
   */
  public record Categorical(String name, int size) implements java.io.Serializable {
    /** Refuses sizes that no index fits in. */
    public Categorical {
      if (size < 1) {
        throw new IllegalStateException(name + ": expected a size of at least 1, got " + size);
      }
    }
  }
}
