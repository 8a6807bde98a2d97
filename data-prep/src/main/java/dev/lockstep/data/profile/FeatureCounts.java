package dev.lockstep.data.profile;

import dev.lockstep.data.encoded.EncodedRows;
import dev.lockstep.data.features.FeatureModel;
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
  private final List<FeatureModel.Entries> features;
  private final int numbers;
  private final long[][] counts;

  private FeatureCounts(List<FeatureModel.Entries> features, int numbers, long[][] counts) {
    this.features = features;
    this.numbers = numbers;
    this.counts = counts;
  }

  /**
   * Counts rows, where they are.
   *
   * @param model the features; the edges of the numeric ones come from the train split. Rows
   *     without a label, or with an unknown class, do not count for the label
   * @param encoded rows with the columns of {@link EncodedRows}
   */
  public static FeatureCounts of(FeatureModel model, Dataset<Row> encoded) {
    EncodedBins bins = new EncodedBins(model.layout(), model.label());
    long[][] counts =
        encoded
            .select(EncodedRows.LABEL, EncodedRows.NUMERIC, EncodedRows.CATEGORICAL)
            .javaRDD()
            .treeAggregate(bins.none(), bins::count, FeatureCounts::sum);
    return new FeatureCounts(model.entries(), model.layout().numeric().size(), counts);
  }

  private static long[][] sum(long[][] a, long[][] b) {
    for (int f = 0; f < a.length; f++) {
      for (int bin = 0; bin < a[f].length; bin++) {
        a[f][bin] += b[f][bin];
      }
    }
    return a;
  }

  /**
   * The population stability index of each feature against former counts, largest first. A number
   * that was missing in some train row has two, of its values and of their absence: the larger.
   */
  public Map<String, Double> drift(FeatureCounts former) {
    List<Map.Entry<String, Double>> all = new ArrayList<>();
    features.forEach(f -> all.add(Map.entry(f.name(), index(f, former))));
    return falling(all);
  }

  /** The index of a feature. */
  double index(FeatureModel.Entries feature, FeatureCounts former) {
    return feature.categorical() >= 0
        ? index(numbers + feature.categorical(), former)
        : feature.numeric().stream().mapToDouble(e -> index(e, former)).max().orElseThrow();
  }

  private double index(int entry, FeatureCounts former) {
    return StabilityIndex.of(former.counts[entry], counts[entry]);
  }

  /** The index of the label. */
  double labelIndex(FeatureCounts former) {
    return index(counts.length - 1, former);
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
