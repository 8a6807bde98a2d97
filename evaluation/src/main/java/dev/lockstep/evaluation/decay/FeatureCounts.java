package dev.lockstep.evaluation.decay;

import dev.lockstep.data.features.FeatureLayout;
import dev.lockstep.data.lanes.EncodedRows;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How many rows have which values of each feature: an index of a categorical one, a bin of a
 * numeric one.
 */
final class FeatureCounts {
  private static final int BINS = 10;

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
   * @param encoded rows with the columns of {@link EncodedRows}
   */
  static FeatureCounts of(FeatureLayout layout, Dataset<Row> encoded) {
    List<String> names = new ArrayList<>();
    layout.numeric().forEach(f -> names.add(f.name()));
    layout.categorical().forEach(f -> names.add(f.name()));
    Counting counting = new Counting(layout);
    long[][] counts =
        encoded
            .select(EncodedRows.NUMERIC, EncodedRows.CATEGORICAL)
            .javaRDD()
            .mapPartitions(counting::count)
            .treeReduce(FeatureCounts::sum);
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

  /**
   * The population stability index of each feature against former counts, {@code sum((p - q) ln(p /
   * q))} over its bins (Siddiqi, "Credit Risk Scorecards", 2006), largest first; half a row is
   * added to each bin, for one that is empty would make it infinite.
   */
  Map<String, Double> drift(FeatureCounts former) {
    List<Map.Entry<String, Double>> all = new ArrayList<>();
    for (int f = 0; f < counts.length; f++) {
      all.add(Map.entry(names.get(f), stability(former.counts[f], counts[f])));
    }
    all.sort(
        Collections.reverseOrder(Map.Entry.<String, Double>comparingByValue())
            .thenComparing(Map.Entry.comparingByKey()));
    Map<String, Double> drift = new LinkedHashMap<>();
    all.forEach(e -> drift.put(e.getKey(), e.getValue()));
    return drift;
  }

  /** The index of one feature; 0 for the same shares. */
  static double stability(long[] former, long[] now) {
    double index = 0;
    double before = total(former);
    double after = total(now);
    for (int bin = 0; bin < former.length; bin++) {
      double q = (former[bin] + 0.5) / before;
      double p = (now[bin] + 0.5) / after;
      index += (p - q) * Math.log(p / q);
    }
    return index;
  }

  private static double total(long[] counts) {
    double total = 0.5 * counts.length;
    for (long count : counts) {
      total += count;
    }
    return total;
  }

  /** Counts the rows of a partition. */
  private static final class Counting implements Serializable {
    private static final long serialVersionUID = 1;

    private final float[][] cuts;
    private final int[] sizes;

    Counting(FeatureLayout layout) {
      cuts = layout.numeric().stream().map(f -> cuts(f.edges())).toArray(float[][]::new);
      sizes = layout.categorical().stream().mapToInt(FeatureLayout.Categorical::size).toArray();
    }

    /** At most nine values between the edges, which are quantiles; each bin has its upper one. */
    private static float[] cuts(List<Float> edges) {
      TreeSet<Float> chosen = new TreeSet<>();
      int last = edges.size() - 1;
      for (int i = 1; i < BINS; i++) {
        int at = Math.round(i * (float) last / BINS);
        if (at < last) {
          chosen.add(edges.get(at));
        }
      }
      float[] cuts = new float[chosen.size()];
      int at = 0;
      for (float cut : chosen) {
        cuts[at++] = cut;
      }
      return cuts;
    }

    Iterator<long[][]> count(Iterator<Row> rows) {
      long[][] counts = new long[cuts.length + sizes.length][];
      for (int f = 0; f < counts.length; f++) {
        counts[f] = new long[f < cuts.length ? cuts[f].length + 1 : sizes[f - cuts.length]];
      }
      while (rows.hasNext()) {
        Row row = rows.next();
        List<Float> numbers = row.getList(0);
        List<Integer> indices = row.getList(1);
        for (int f = 0; f < cuts.length; f++) {
          counts[f][bin(cuts[f], numbers.get(f))]++;
        }
        for (int f = 0; f < sizes.length; f++) {
          counts[cuts.length + f][indices.get(f)]++;
        }
      }
      return Collections.singletonList(counts).iterator();
    }

    private static int bin(float[] cuts, float value) {
      int bin = 0;
      while (bin < cuts.length && value > cuts[bin]) {
        bin++;
      }
      return bin;
    }
  }
}
