package dev.lockstep.data.features;

import java.util.List;
import java.util.function.IntFunction;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * A {@link FeatureModel} made ready to encode many rows, column by column. Whoever encodes rows of
 * whatever form does it by one of these, so that all get the same bits. Several threads may use it
 * at once.
 */
public final class FeatureEncoding {
  private final List<NumericFeature> numeric;
  private final List<NumericFeature.Transform> transforms;
  private final List<CategoryIndices> indices;
  private final int entries;

  /** The encoding of a model. */
  public FeatureEncoding(FeatureModel model) {
    this(model.numeric(), model.categorical());
  }

  FeatureEncoding(List<NumericFeature> numeric, List<CategoricalFeature> categorical) {
    this.numeric = List.copyOf(numeric);
    transforms = numeric.stream().map(NumericFeature::transform).toList();
    indices = categorical.stream().map(CategoryIndices::new).toList();
    entries = NumericFeature.entries(numeric);
  }

  /** Number of numeric features, as columns of a table. */
  public int numericColumns() {
    return transforms.size();
  }

  /** Number of categorical features. */
  public int categoricalColumns() {
    return indices.size();
  }

  /** Number of entries that the numeric features have in an encoded row. */
  public int entries() {
    return entries;
  }

  /**
   * Encodes the numeric features.
   *
   * @param columns the values of a numeric feature, by its place, {@code [rows]}, NaN where one is
   *     missing; they are overwritten
   * @param rows number of rows
   * @return {@code [entries, rows]}, in the order of {@link FeatureLayout#numeric}
   */
  public float[][] numbers(IntFunction<double[]> columns, int rows) {
    float[][] encoded = new float[entries][];
    int entry = 0;
    for (int i = 0; i < transforms.size(); i++) {
      NumericFeature feature = numeric.get(i);
      double[] values = columns.apply(i);
      float[] into = new float[rows];
      float[] indicator = feature.missing() ? new float[rows] : null;
      float[][] cycles = cycles(feature, values, rows);
      for (int row = 0; row < rows; row++) {
        if (indicator != null && Double.isNaN(values[row])) {
          indicator[row] = 1;
        }
        values[row] = feature.number(values[row]);
      }
      transforms.get(i).apply(values, into);
      encoded[entry++] = into;
      if (indicator != null) {
        encoded[entry++] = indicator;
      }
      for (float[] cycle : cycles) {
        encoded[entry++] = cycle;
      }
    }
    return encoded;
  }

  private static float[][] cycles(NumericFeature feature, double[] values, int rows) {
    float[][] cycles = new float[feature.cycleEntries()][rows];
    for (int which = 0; which < cycles.length; which++) {
      for (int row = 0; row < rows; row++) {
        cycles[which][row] = feature.date().entry(which, values[row]);
      }
    }
    return cycles;
  }

  /**
   * The index of a value.
   *
   * @param feature place of the categorical feature
   * @param value the value's text; null where it is missing
   */
  public int index(int feature, UTF8String value) {
    return indices.get(feature).applyAsInt(value);
  }
}
