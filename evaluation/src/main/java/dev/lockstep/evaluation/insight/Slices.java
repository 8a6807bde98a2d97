package dev.lockstep.evaluation.insight;

import dev.lockstep.data.encoded.EncodedRows;
import dev.lockstep.data.features.FeatureModel;
import dev.lockstep.evaluation.metrics.RowLoss;
import dev.lockstep.evaluation.metrics.Scores;
import dev.lockstep.evaluation.uncertainty.Interval;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.spark.sql.Row;

/**
 * Where each of two models wins: the test rows by category and by quarter of each number, judged by
 * the mean loss of a row, which unlike an AUC has a value in any slice.
 */
public final class Slices {
  private static final int LEAST_ROWS = 30;
  private static final int MOST_CATEGORIES = 8;
  private static final double LEVEL = 0.95;
  private static final List<String> QUARTERS =
      List.of("lowest quarter", "second quarter", "third quarter", "highest quarter");

  private final FeatureSample sample;
  private final FeatureModel model;
  private final double[] weight;
  private final double[] network;
  private final double[] baseline;

  private Slices(FeatureSample sample, FeatureModel model, Scores network, Scores baseline) {
    this.sample = sample;
    this.model = model;
    this.weight = network.weights();
    this.network = RowLoss.of(network);
    this.baseline = RowLoss.of(baseline);
  }

  /**
   * All slices of at least 30 rows, the surest difference first.
   *
   * @param sample the first of the test rows
   * @param network a network's predictions of all test rows
   * @param baseline a baseline's
   */
  public static List<Slice> of(
      FeatureSample sample, FeatureModel model, Scores network, Scores baseline) {
    network.checkSameRows(baseline);
    Slices slices = new Slices(sample, model, network, baseline);
    return sample.features().stream()
        .flatMap(feature -> slices.of(feature).stream())
        .sorted(Comparator.comparingDouble(Slices::sureness).reversed())
        .toList();
  }

  private static double sureness(Slice slice) {
    double half = (slice.interval().high() - slice.interval().low()) / 2;
    return half == 0 ? 0 : Math.abs(slice.gain()) / half;
  }

  private List<Slice> of(FeatureModel.Entries feature) {
    Map<String, List<Integer>> parts =
        feature.categorical() >= 0 ? byCategory(feature.categorical()) : byQuarter(feature);
    List<Slice> slices = new ArrayList<>();
    parts.forEach(
        (part, rows) -> {
          if (rows.size() >= LEAST_ROWS) {
            slices.add(slice(feature.name(), part, rows));
          }
        });
    return slices;
  }

  /** The most frequent categories. */
  private Map<String, List<Integer>> byCategory(int feature) {
    Map<Integer, List<Integer>> byIndex = new TreeMap<>();
    for (int i = 0; i < sample.rows().size(); i++) {
      byIndex
          .computeIfAbsent(
              (Integer) value(i, EncodedRows.CATEGORICAL, feature), index -> new ArrayList<>())
          .add(i);
    }
    List<String> names = model.categories(feature);
    Map<String, List<Integer>> parts = new LinkedHashMap<>();
    byIndex.entrySet().stream()
        .sorted(Comparator.comparingInt(e -> -e.getValue().size()))
        .limit(MOST_CATEGORIES)
        .forEach(e -> parts.put(names.get(e.getKey()), e.getValue()));
    return parts;
  }

  /** Quarters of the rows by rising value; equal values stay together, so some may be missing. */
  private Map<String, List<Integer>> byQuarter(FeatureModel.Entries feature) {
    int entry = feature.numeric().get(0);
    int size = sample.rows().size();
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (Float) value(i, EncodedRows.NUMERIC, entry);
    }
    float[] rising = values.clone();
    java.util.Arrays.sort(rising);
    Map<String, List<Integer>> parts = new LinkedHashMap<>();
    if (size == 0 || rising[0] == rising[size - 1]) {
      return parts;
    }
    for (int i = 0; i < size; i++) {
      int below = 0;
      for (int q = 1; q < QUARTERS.size(); q++) {
        below += values[i] > rising[q * size / QUARTERS.size()] ? 1 : 0;
      }
      parts.computeIfAbsent(QUARTERS.get(below), part -> new ArrayList<>()).add(i);
    }
    return parts;
  }

  private Object value(int row, String array, int entry) {
    Row values = sample.rows().get(row);
    return values.getList(values.fieldIndex(array)).get(entry);
  }

  private Slice slice(String feature, String part, List<Integer> rows) {
    double all = rows.stream().mapToDouble(i -> weight[i]).sum();
    double networkLoss = rows.stream().mapToDouble(i -> weight[i] * network[i]).sum() / all;
    double baselineLoss = rows.stream().mapToDouble(i -> weight[i] * baseline[i]).sum() / all;
    double gain = baselineLoss - networkLoss;
    // Of a weighted mean: sum of (weight times what is off)^2, over the square of all weights.
    double squares =
        rows.stream()
            .mapToDouble(i -> weight[i] * (baseline[i] - network[i] - gain))
            .map(off -> off * off)
            .sum();
    double half =
        new NormalDistribution().inverseCumulativeProbability((1 + LEVEL) / 2)
            * Math.sqrt(squares)
            / all;
    return new Slice(
        feature,
        part,
        rows.size(),
        networkLoss,
        baselineLoss,
        gain,
        new Interval(gain - half, gain + half, LEVEL));
  }
}
