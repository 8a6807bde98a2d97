package dev.lockstep.data.features;

import dev.lockstep.data.Task;
import dev.lockstep.data.features.TrainSample.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Features that alone tell the label almost perfectly. There are such features, but far more often
 * one of them was written down after the label was known.
 */
final class Giveaways {
  private static final int MOST_ROWS = 20_000;
  private static final int FEWEST = 5;
  private static final double CERTAIN_AUC = 0.995;
  private static final double CERTAIN_CORRELATION = 0.9995;

  /** Of the errors that guessing the commonest class makes. */
  private static final double ERRORS_LEFT = 0.02;

  private final Task task;
  private final int rows;
  private final double[] targets;
  private final String[] labels;

  /** A search in the first rows of a sample. */
  Giveaways(TrainSample sample, Task task) {
    this.task = task;
    rows = Math.min(MOST_ROWS, sample.size());
    targets = sample.targets();
    labels = new String[task == Task.REGRESSION ? 0 : rows];
    Arrays.setAll(labels, row -> String.valueOf(sample.labels().get(row)));
  }

  /** A warning, if a categorical feature tells the label. */
  Optional<String> categorical(String name, Words values) {
    return task != Task.REGRESSION && groupsTell(values::get)
        ? Optional.of(warning("feature '" + name + "'"))
        : Optional.empty();
  }

  /**
   * A warning, if a numeric feature, or that it is missing, tells the label.
   *
   * @param values NaN where they are missing
   */
  Optional<String> numeric(String name, double[] values) {
    if (task != Task.REGRESSION && groupsTell(i -> Double.isNaN(values[i]) ? "-" : "+")) {
      return Optional.of(warning("whether '" + name + "' is missing"));
    }
    List<Integer> present =
        IntStream.range(0, rows).filter(i -> !Double.isNaN(values[i])).boxed().toList();
    boolean tells =
        switch (task) {
          case BINARY -> {
            double auc = auc(present, values);
            yield auc >= CERTAIN_AUC || auc <= 1 - CERTAIN_AUC;
          }
          case MULTICLASS -> groupsTell(i -> String.valueOf(values[i]));
          case REGRESSION -> Math.abs(correlation(present, values)) >= CERTAIN_CORRELATION;
        };
    return tells ? Optional.of(warning("feature '" + name + "'")) : Optional.empty();
  }

  private static String warning(String what) {
    return what
        + " alone tells the label almost perfectly: is it known before the label is? If not, add it"
        + " to features.exclude";
  }

  /** Whether rows of one value are of one class, for values that are not rare. */
  private boolean groupsTell(IntFunction<String> values) {
    Map<String, Map<String, Integer>> groups = new HashMap<>();
    for (int i = 0; i < labels.length; i++) {
      groups
          .computeIfAbsent(String.valueOf(values.apply(i)), v -> new HashMap<>())
          .merge(labels[i], 1, Integer::sum);
    }
    Map<String, Integer> classes = new HashMap<>();
    int covered = 0;
    int errors = 0;
    for (Map<String, Integer> group : groups.values()) {
      int rows = group.values().stream().mapToInt(n -> n).sum();
      if (rows >= FEWEST) {
        covered += rows;
        errors += rows - group.values().stream().mapToInt(n -> n).max().orElse(0);
        group.forEach((label, n) -> classes.merge(label, n, Integer::sum));
      }
    }
    int guessing = covered - classes.values().stream().mapToInt(n -> n).max().orElse(0);
    return covered * 2 >= labels.length && guessing >= FEWEST && errors <= ERRORS_LEFT * guessing;
  }

  /** Area under the ROC curve of the feature as a score, ties averaged; 0.5 for too few rows. */
  private double auc(List<Integer> present, double[] values) {
    String one = Arrays.stream(labels).max(Comparator.naturalOrder()).orElse("");
    List<Integer> order = new ArrayList<>(present);
    order.sort(Comparator.comparingDouble(row -> values[row]));
    double rankSum = 0;
    long ones = 0;
    for (int from = 0; from < order.size(); ) {
      int to = from;
      double value = values[order.get(from)];
      long onesHere = 0;
      while (to < order.size() && values[order.get(to)] == value) {
        onesHere += labels[order.get(to)].equals(one) ? 1 : 0;
        to++;
      }
      rankSum += onesHere * (from + 1 + to) / 2.0;
      ones += onesHere;
      from = to;
    }
    long others = order.size() - ones;
    return ones < FEWEST || others < FEWEST
        ? 0.5
        : (rankSum - ones * (ones + 1) / 2.0) / ((double) ones * others);
  }

  private double correlation(List<Integer> present, double[] values) {
    if (present.size() < 4 * FEWEST) {
      return 0;
    }
    double[] x = present.stream().mapToDouble(i -> values[i]).toArray();
    double[] y = present.stream().mapToDouble(i -> targets[i]).toArray();
    double meanX = Arrays.stream(x).average().orElse(0);
    double meanY = Arrays.stream(y).average().orElse(0);
    double xy = 0;
    double xx = 0;
    double yy = 0;
    for (int i = 0; i < x.length; i++) {
      xy += (x[i] - meanX) * (y[i] - meanY);
      xx += (x[i] - meanX) * (x[i] - meanX);
      yy += (y[i] - meanY) * (y[i] - meanY);
    }
    return xx == 0 || yy == 0 ? 0 : xy / Math.sqrt(xx * yy);
  }
}
