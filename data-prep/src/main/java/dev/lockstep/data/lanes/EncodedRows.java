package dev.lockstep.data.lanes;

/** The columns of an encoded dataset: what a feature model makes, what everything else reads. */
public final class EncodedRows {
  /** {@code string}: {@code train}, {@code validation} or {@code test}. */
  public static final String SPLIT = "split";

  /** {@code long}: hash of the source row, ties included; see {@link RowOrder}. */
  public static final String HASH = "hash";

  /** {@code double}: class index, or the number itself for regression. */
  public static final String LABEL = "label";

  /** {@code double}: positive weight of the row, 1 where none is declared. */
  public static final String WEIGHT = "weight";

  /** {@code array<float>}, in the order of {@code FeatureLayout.numeric()}. */
  public static final String NUMERIC = "numeric";

  /** {@code array<int>}, in the order of {@code FeatureLayout.categorical()}. */
  public static final String CATEGORICAL = "categorical";

  private EncodedRows() {}
}
