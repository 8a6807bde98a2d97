package dev.lockstep.data.profile;

import dev.lockstep.data.Task;
import dev.lockstep.data.features.FeatureLayout;
import dev.lockstep.data.features.LabelLayout;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.apache.spark.sql.Row;

/** The bins of encoded values: about ten of a number, with as many train rows each. */
final class EncodedBins implements Serializable {
  private static final long serialVersionUID = 1;
  private static final int BINS = 10;

  /** Standard scores between tenths of a normal distribution, for a label that is a number. */
  private static final float[] TENTHS = {
    -1.2816f, -0.8416f, -0.5244f, -0.2533f, 0, 0.2533f, 0.5244f, 0.8416f, 1.2816f
  };

  private final float[][] cuts;
  private final int[] sizes;
  private final LabelLayout label;

  EncodedBins(FeatureLayout layout, LabelLayout label) {
    cuts = layout.numeric().stream().map(f -> cuts(f.edges())).toArray(float[][]::new);
    sizes = layout.categorical().stream().mapToInt(FeatureLayout.Categorical::size).toArray();
    this.label = label;
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

  /** Counts of no rows: of each feature by bin, numeric ones first, and of the label last. */
  long[][] none() {
    List<long[]> counts = new ArrayList<>();
    Arrays.stream(cuts).forEach(c -> counts.add(new long[c.length + 1]));
    Arrays.stream(sizes).forEach(size -> counts.add(new long[size]));
    counts.add(new long[labels()]);
    return counts.toArray(long[][]::new);
  }

  private int labels() {
    return label.task() == Task.REGRESSION ? TENTHS.length + 1 : label.classes().size();
  }

  /** Adds a row of label, numbers and indices to counts. */
  long[][] count(long[][] counts, Row row) {
    if (!row.isNullAt(0) && Double.isFinite(row.getDouble(0))) {
      counts[counts.length - 1][labelBin(row.getDouble(0))]++;
    }
    List<Float> numbers = row.getList(1);
    List<Integer> indices = row.getList(2);
    for (int f = 0; f < cuts.length; f++) {
      counts[f][bin(cuts[f], numbers.get(f))]++;
    }
    for (int f = 0; f < sizes.length; f++) {
      counts[cuts.length + f][indices.get(f)]++;
    }
    return counts;
  }

  private int labelBin(double value) {
    return label.task() == Task.REGRESSION
        ? bin(TENTHS, (float) ((value - label.mean()) / label.deviation()))
        : (int) value;
  }

  private static int bin(float[] cuts, float value) {
    int bin = 0;
    while (bin < cuts.length && value > cuts[bin]) {
      bin++;
    }
    return bin;
  }
}
