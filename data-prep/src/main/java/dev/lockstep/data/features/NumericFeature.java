package dev.lockstep.data.features;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/**
 * A numeric column as the train split showed it.
 *
 * @param name the column
 * @param kind the transform: {@code quantile}, {@code standard} or {@code robust}
 * @param median stands for missing values
 * @param missing whether the train split had missing values, so that an indicator is a feature too
 * @param statistics what the transform needs: quantiles; or what is subtracted and what divides
 * @param date what it is beside a number, for a column of dates that is to be more; the number is
 *     {@link DateParts#days} then. Null for none: so it is in files of models that know no dates
 */
record NumericFeature(
    String name,
    String kind,
    double median,
    boolean missing,
    List<Double> statistics,
    @JsonInclude(JsonInclude.Include.NON_NULL) DateParts date)
    implements Serializable {
  private static final int MOST_QUANTILES = 1000;
  private static final int ROWS_A_QUANTILE = 30;
  private static final int LEAST_QUANTILES = 10;

  NumericFeature {
    statistics = List.copyOf(statistics);
  }

  /** A number and nothing else. */
  NumericFeature(
      String name, String kind, double median, boolean missing, List<Double> statistics) {
    this(name, kind, median, missing, statistics, null);
  }

  /** The same with the parts of a date, of whose days it has learned. */
  NumericFeature with(DateParts parts) {
    return new NumericFeature(name, kind, median, missing, statistics, parts);
  }

  /**
   * Fits the transform.
   *
   * @param values the train split's values that are not missing, ascending; at least one
   * @param missing whether there were missing ones
   */
  static NumericFeature fit(String name, String kind, double[] values, boolean missing) {
    double median = quantile(values, 0.5);
    List<Double> statistics =
        switch (kind) {
          case "standard" -> moments(values);
          case "robust" -> robust(values, median);
          default -> quantiles(values);
        };
    return new NumericFeature(name, kind, median, missing, statistics);
  }

  private static List<Double> moments(double[] values) {
    MeanAndDeviation found = MeanAndDeviation.of(values);
    return List.of(found.mean(), found.deviation() > 0 ? found.deviation() : 1);
  }

  /** Median and interquartile range, where that is 0 half the range, where that is 0 infinity. */
  private static List<Double> robust(double[] values, double median) {
    double quartiles = quantile(values, 0.75) - quantile(values, 0.25);
    double half = (values[values.length - 1] - values[0]) / 2;
    double scale = quartiles > 0 ? quartiles : half > 0 ? half : Double.MAX_VALUE;
    return List.of(median, scale);
  }

  private static List<Double> quantiles(double[] values) {
    int count =
        Math.min(MOST_QUANTILES, Math.max(LEAST_QUANTILES, values.length / ROWS_A_QUANTILE));
    Double[] quantiles = new Double[count];
    Arrays.setAll(quantiles, i -> quantile(values, i / (count - 1.0)));
    return List.of(quantiles);
  }

  /** The quantile between the values at both sides, linearly. */
  static double quantile(double[] ascending, double share) {
    double place = share * (ascending.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, ascending.length - 1);
    return ascending[below] + (place - below) * (ascending[above] - ascending[below]);
  }

  /** Number of entries that features have in an encoded row. */
  static int entries(List<NumericFeature> features) {
    return features.stream().mapToInt(NumericFeature::entries).sum();
  }

  /** Number of entries in an encoded row: the number, whether it is missing, a date's cycles. */
  int entries() {
    return 1 + (missing ? 1 : 0) + cycleEntries();
  }

  /** Number of the last entries, those of a date's cycles. */
  int cycleEntries() {
    return date == null ? 0 : date.entries();
  }

  /** What the transform is applied to: the median where the value is missing. */
  double number(double value) {
    if (Double.isNaN(value)) {
      return median;
    }
    return date == null ? value : date.days(value);
  }

  /**
   * The entries of one row.
   *
   * @param transforms those of the features, in their order
   * @param values the value of a feature, by its place; NaN where it is missing
   */
  static float[] encoded(
      List<NumericFeature> features, List<Transform> transforms, IntToDoubleFunction values) {
    float[] encoded = new float[entries(features)];
    int entry = 0;
    for (int i = 0; i < features.size(); i++) {
      NumericFeature feature = features.get(i);
      double value = values.applyAsDouble(i);
      encoded[entry++] = (float) transforms.get(i).apply(feature.number(value));
      if (feature.missing()) {
        encoded[entry++] = Double.isNaN(value) ? 1 : 0;
      }
      for (int which = 0; which < feature.cycleEntries(); which++) {
        encoded[entry++] = feature.date().entry(which, value);
      }
    }
    return encoded;
  }

  /** A transform ready to be applied many times. */
  Transform transform() {
    double[] numbers = numbers();
    return switch (kind) {
      case "standard" -> x -> (x - numbers[0]) / numbers[1];
      case "robust" ->
          x -> {
            double scaled = (x - numbers[0]) / numbers[1];
            return scaled / Math.sqrt(1 + scaled * scaled / 9);
          };
      default -> new NormalScores(numbers);
    };
  }

  private Object writeReplace() {
    return new Sent(name, kind, median, missing, numbers(), date);
  }

  private double[] numbers() {
    return statistics.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** A feature on its way to the tasks: Java writes each number of a list as an object. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Sent(
      String name, String kind, double median, boolean missing, double[] numbers, DateParts date)
      implements Serializable {
    private Object readResolve() {
      List<Double> statistics = Arrays.stream(numbers).boxed().toList();
      return new NumericFeature(name, kind, median, missing, statistics, date);
    }
  }

  /** From a value to an encoded value. */
  interface Transform {
    double apply(double value);

    /** Encodes many values, none of them NaN. */
    default void apply(double[] values, float[] encoded) {
      for (int i = 0; i < encoded.length; i++) {
        encoded[i] = (float) apply(values[i]);
      }
    }
  }
}
