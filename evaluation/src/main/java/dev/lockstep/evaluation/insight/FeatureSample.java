package dev.lockstep.evaluation.insight;

import static org.apache.spark.sql.functions.col;

import dev.lockstep.data.PreparedData;
import dev.lockstep.data.features.FeatureLayout;
import dev.lockstep.data.lanes.EncodedRows;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The test rows with the smallest hashes, features included, in the order of {@link
 * dev.lockstep.evaluation.metrics.Scores}: its i-th row is theirs.
 *
 * @param rows rows with the columns of {@link EncodedRows}
 * @param features the features, each with the entries of a row that it fills
 */
public record FeatureSample(List<Row> rows, List<Feature> features) {
  /** The name of an indicator of missing values is its feature's with this. */
  private static final String INDICATOR = "_missing";

  /**
   * A column of the table.
   *
   * @param name its name
   * @param numeric the entries of the numeric array that it fills
   * @param categorical the entry of the categorical array that it fills; -1 for none
   */
  public record Feature(String name, List<Integer> numeric, int categorical) {}

  /** Copies the lists. */
  public FeatureSample {
    rows = List.copyOf(rows);
    features = List.copyOf(features);
  }

  /**
   * Takes a sample.
   *
   * @param most largest number of rows
   */
  public static FeatureSample of(PreparedData data, int most) {
    Dataset<Row> first =
        data.test()
            .orderBy(EncodedRows.HASH, EncodedRows.LABEL, EncodedRows.WEIGHT)
            .limit(most)
            .select(
                col(EncodedRows.SPLIT),
                col(EncodedRows.HASH),
                col(EncodedRows.LABEL),
                col(EncodedRows.WEIGHT),
                col(EncodedRows.NUMERIC),
                col(EncodedRows.CATEGORICAL));
    return new FeatureSample(first.collectAsList(), features(data.features().layout()));
  }

  /** The first rows alone. */
  FeatureSample first(int most) {
    return new FeatureSample(rows.subList(0, Math.min(most, rows.size())), features);
  }

  private static List<Feature> features(FeatureLayout layout) {
    List<Feature> features = new ArrayList<>();
    List<FeatureLayout.Numeric> numeric = layout.numeric();
    for (int i = 0; i < numeric.size(); i++) {
      String name = numeric.get(i).name();
      boolean indicated =
          i + 1 < numeric.size() && numeric.get(i + 1).name().equals(name + INDICATOR);
      features.add(new Feature(name, indicated ? List.of(i, i + 1) : List.of(i), -1));
      i += indicated ? 1 : 0;
    }
    for (int i = 0; i < layout.categorical().size(); i++) {
      features.add(new Feature(layout.categorical().get(i).name(), List.of(), i));
    }
    return features;
  }
}
