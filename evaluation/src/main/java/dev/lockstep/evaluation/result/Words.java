package dev.lockstep.evaluation.result;

import dev.lockstep.data.Figures;
import dev.lockstep.evaluation.baselines.Trees;
import dev.lockstep.evaluation.metrics.MainMetric;
import dev.lockstep.evaluation.uncertainty.Interval;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Names and numbers as a person reads them. */
public final class Words {
  private static final Map<String, String> METRICS =
      Map.ofEntries(
          Map.entry("auc", "ROC AUC"),
          Map.entry("prAuc", "PR AUC"),
          Map.entry("logLoss", "log loss"),
          Map.entry("accuracy", "accuracy"),
          Map.entry("f1", "F1"),
          Map.entry("brier", "Brier score"),
          Map.entry("ece", "calibration error"),
          Map.entry("macroF1", "macro F1"),
          Map.entry("weightedF1", "weighted F1"),
          Map.entry("macroAuc", "macro AUC"),
          Map.entry("weightedAuc", "weighted AUC"),
          Map.entry("macroPrAuc", "macro PR AUC"),
          Map.entry("pinball10", "pinball loss at 10 %"),
          Map.entry("pinball90", "pinball loss at 90 %"),
          Map.entry("rmse", "RMSE"),
          Map.entry("mae", "MAE"),
          Map.entry("r2", "R²"));

  /** Of a population stability index. */
  public static final int INDEX_DECIMALS = 3;

  private Words() {}

  /** A metric by the name that its field uses. */
  public static String metric(String name) {
    return METRICS.getOrDefault(name, name);
  }

  /** A metric, and that a lower value of it is better where that is so. */
  public static String metricWithDirection(String name) {
    return metric(name) + (new MainMetric(name).lowerIsBetter() ? " (lower is better)" : "");
  }

  /** A number with significant digits; a dash where there is none. */
  public static String number(Double value) {
    return value == null ? Figures.NONE : Figures.of(value);
  }

  /** A mean over seeds, with its standard deviation where there are several. */
  public static String number(ModelResult model, String metric) {
    double deviation = model.deviations().getOrDefault(metric, Double.NaN);
    String mean = number(model.metrics().get(metric));
    return Double.isNaN(deviation) ? mean : mean + " ± " + number(deviation);
  }

  /** A whole number; a dash where there is none. */
  public static String count(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%,.0f", value) : Figures.NONE;
  }

  /** Rows by split. */
  public static String rows(Map<String, Long> splits) {
    return splits.entrySet().stream()
        .map(e -> String.format(Locale.ROOT, "%s %,d", e.getKey(), e.getValue()))
        .collect(Collectors.joining(", ", "rows: ", ""));
  }

  /** A probability: {@code 0.012}, {@code < 0.0001}. */
  public static String probability(double p) {
    return p < 1e-4 ? "< 0.0001" : number(p);
  }

  /** Both ends of an interval. */
  public static String interval(Interval interval) {
    return number(interval.low()) + " to " + number(interval.high());
  }

  /** Trees kept of those fitted, seed by seed; a dash for a model without. */
  public static String trees(ModelResult model) {
    return model.treesBySeed().isEmpty()
        ? "–"
        : model.treesBySeed().stream().map(Trees::toString).collect(Collectors.joining(", "));
  }

  /** A time with its unit. */
  public static String seconds(double value) {
    return Figures.seconds(value);
  }

  /** A column and its population stability index. */
  public static String drift(Map.Entry<String, Double> column) {
    return column.getKey() + " " + Figures.of(column.getValue(), INDEX_DECIMALS);
  }
}
