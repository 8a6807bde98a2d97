package dev.lockstep.models.layers;

/**
 * From numeric features {@code [batch, numeric]} to a vector each, {@code [batch, numeric, width]}
 * (Gorishniy, Rubachev and Babenko, "On Embeddings for Numerical Features in Tabular Deep
 * Learning", NeurIPS 2022).
 */
public abstract class NumericEmbedding extends Layer {
  private final int features;
  private final int width;

  /** Embeddings of {@code width} values for each of some features, at least one. */
  protected NumericEmbedding(int features, int width) {
    this.features = features;
    this.width = width;
  }

  /** Number of values of all features of a row. */
  public final int outputs() {
    return features * width;
  }
}
