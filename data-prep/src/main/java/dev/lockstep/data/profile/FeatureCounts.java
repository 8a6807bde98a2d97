package dev.lockstep.data.profile;

import dev.lockstep.data.features.FeatureLayout;
import dev.lockstep.data.features.LabelLayout;
import dev.lockstep.data.lanes.EncodedRows;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How many rows have which values of each feature and of the label: an index of a categorical one,
 * a bin of a numeric one.
 */
public final class FeatureCounts {
  private final List<String> names;
  private final long[][] counts;

  private FeatureCounts(List<String> names, long[][] counts) {
    this.names = names;
    this.counts = counts;
  }

  /**
   * Counts rows, where they are.
   *
   * @param layout the features; the edges of the numeric ones come from the train split
   * @param label the label; rows without one, or with an unknown class, do not count for it
   * @param encoded rows with the columns of {@link EncodedRows}
   */
  public static FeatureCounts of(FeatureLayout layout, LabelLayout label, Dataset<Row> encoded) {
    List<String> names = new ArrayList<>();
    layout.numeric().forEach(f -> names.add(f.name()));
    layout.categorical().forEach(f -> names.add(f.name()));
    EncodedBins bins = new EncodedBins(layout, label);
    long[][] counts =
        encoded
            .select(EncodedRows.LABEL, EncodedRows.NUMERIC, EncodedRows.CATEGORICAL)
            .javaRDD()
            .treeAggregate(bins.none(), bins::count, FeatureCounts::sum);
    return new FeatureCounts(names, counts);
  }

  private static long[][] sum(long[][] a, long[][] b) {
    for (int f = 0; f < a.length; f++) {
      for (int bin = 0; bin < a[f].length; bin++) {
        a[f][bin] += b[f][bin];
      }
    }
    return a;
  }

  /** The population stability index of each feature against former counts, largest first. */
  public Map<String, Double> drift(FeatureCounts former) {
    List<Map.Entry<String, Double>> all = new ArrayList<>();
    for (int f = 0; f < names.size(); f++) {
      all.add(Map.entry(names.get(f), index(f, former)));
    }
    return falling(all);
  }

  /** The index of a feature, by its place in the layout, numeric ones first. */
  double index(int feature, FeatureCounts former) {
    return StabilityIndex.of(former.counts[feature], counts[feature]);
  }

  /** The index of the label. */
  double labelIndex(FeatureCounts former) {
    return index(names.size(), former);
  }

  /** Entries by falling value, equal ones by name. */
  static Map<String, Double> falling(List<Map.Entry<String, Double>> entries) {
    List<Map.Entry<String, Double>> sorted = new ArrayList<>(entries);
    sorted.sort(
        Collections.reverseOrder(Map.Entry.<String, Double>comparingByValue())
            .thenComparing(Map.Entry.comparingByKey()));
    Map<String, Double> falling = new LinkedHashMap<>();
    sorted.forEach(e -> falling.put(e.getKey(), e.getValue()));
    return falling;
  }
}
