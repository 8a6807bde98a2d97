package dev.lockstep.evaluation.insight;

import dev.lockstep.data.Task;
import dev.lockstep.data.encoded.EncodedRows;
import dev.lockstep.data.features.FeatureModel;
import dev.lockstep.evaluation.metrics.MainMetric;
import dev.lockstep.evaluation.metrics.Reweighted;
import dev.lockstep.evaluation.metrics.Scores;
import dev.lockstep.evaluation.uncertainty.Contender;
import dev.lockstep.evaluation.uncertainty.Estimate;
import dev.lockstep.evaluation.uncertainty.Interval;
import dev.lockstep.evaluation.uncertainty.Units;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;

/**
 * Where each of two models wins: the test rows by category and by quarter of each number, judged by
 * the metric that decides, with an interval over what chance draws whole.
 */
public final class Slices {
  private static final int LEAST_ROWS = 30;

  /** An AUC of fewer rows of a class says little. */
  private static final int LEAST_OF_A_CLASS = 10;

  private static final int MOST_CATEGORIES = 8;
  private static final double LEVEL = 0.95;
  private static final List<String> QUARTERS =
      List.of("lowest quarter", "second quarter", "third quarter", "highest quarter");

  private final FeatureSample sample;
  private final FeatureModel model;
  private final Scores network;
  private final Scores baseline;
  private final Units units;

  private Slices(
      FeatureSample sample, FeatureModel model, Scores network, Scores baseline, Units units) {
    this.sample = sample;
    this.model = model;
    this.network = network;
    this.baseline = baseline;
    this.units = units;
  }

  /**
   * All slices of at least 30 rows, of two classes at least 10 of each, the surest difference
   * first.
   *
   * @param sample the first of the test rows
   * @param network a network's predictions of all test rows
   * @param baseline a baseline's
   * @param units what of the test rows chance draws whole
   */
  public static List<Slice> of(
      FeatureSample sample, FeatureModel model, Scores network, Scores baseline, Units units) {
    network.checkSameRows(baseline);
    Slices slices = new Slices(sample, model, network, baseline, units);
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
            int[] places = rows.stream().mapToInt(row -> row).toArray();
            slice(feature.name(), part, places).ifPresent(slices::add);
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

  /** Empty where the metric, or its interval, has no value. */
  private Optional<Slice> slice(String feature, String part, int[] rows) {
    Scores first = network.only(rows);
    Scores second = baseline.only(rows);
    if (first.task() == Task.BINARY && !hasBoth(first)) {
      return Optional.empty();
    }
    Estimate gain =
        Estimate.gain(
            new Contender("network", List.of(first)),
            new Contender("baseline", List.of(second)),
            MainMetric.of(first.task()),
            units.only(rows));
    Interval interval = gain.interval(LEVEL);
    return Double.isNaN(interval.low())
        ? Optional.empty()
        : Optional.of(
            new Slice(
                feature, part, rows.length, metric(first), metric(second), gain.value(), interval));
  }

  private static boolean hasBoth(Scores scores) {
    long positive = IntStream.range(0, scores.rows()).filter(row -> scores.label(row) == 1).count();
    return Math.min(positive, scores.rows() - positive) >= LEAST_OF_A_CLASS;
  }

  private static double metric(Scores scores) {
    return Reweighted.main(scores).of(scores.weights());
  }
}
