package dev.lockstep.data.features;

import dev.lockstep.data.Ascending;
import dev.lockstep.data.Task;
import dev.lockstep.data.features.TrainSample.Words;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Features that alone tell the label almost perfectly. There are such features, but far more often
 * one of them was written down after the label was known.
 */
final class TargetLeakage {
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

  /** Which rows are of the class that comes last by letter. */
  private final boolean[] last;

  /** A search in the first rows of a sample. */
  TargetLeakage(TrainSample sample, Task task) {
    this.task = task;
    rows = Math.min(MOST_ROWS, sample.size());
    targets = sample.targets();
    labels = new String[task == Task.REGRESSION ? 0 : rows];
    Arrays.setAll(labels, row -> String.valueOf(sample.labels().get(row)));
    last = new boolean[labels.length];
    String one = Arrays.stream(labels).max(Comparator.naturalOrder()).orElse("");
    for (int row = 0; row < labels.length; row++) {
      last[row] = labels[row].equals(one);
    }
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
    if (task != Task.REGRESSION
        && IntStream.range(0, rows).anyMatch(row -> Double.isNaN(values[row]))
        && groupsTell(row -> Double.isNaN(values[row]) ? "-" : "+")) {
      return Optional.of(warning("whether '" + name + "' is missing"));
    }
    boolean tells =
        switch (task) {
          case BINARY -> {
            double auc = auc(values);
            yield auc >= CERTAIN_AUC || auc <= 1 - CERTAIN_AUC;
          }
          case MULTICLASS -> groupsTell(i -> String.valueOf(values[i]));
          case REGRESSION -> Math.abs(correlation(values)) >= CERTAIN_CORRELATION;
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
  private double auc(double[] values) {
    double[] ones = ascending(values, row -> last[row]);
    double[] others = ascending(values, row -> !last[row]);
    if (ones.length < FEWEST || others.length < FEWEST) {
      return 0.5;
    }
    double lower = 0;
    int below = 0;
    int upTo = 0;
    for (double value : ones) {
      while (below < others.length && others[below] < value) {
        below++;
      }
      while (upTo < others.length && others[upTo] <= value) {
        upTo++;
      }
      lower += (below + upTo) / 2.0;
    }
    return lower / ones.length / others.length;
  }

  /** The values of some rows that are there. */
  private double[] ascending(double[] values, IntPredicate wanted) {
    double[] ascending =
        IntStream.range(0, rows)
            .filter(row -> !Double.isNaN(values[row]) && wanted.test(row))
            .mapToDouble(row -> values[row])
            .toArray();
    Ascending.sort(ascending);
    return ascending;
  }

  private double correlation(double[] values) {
    int[] present = IntStream.range(0, rows).filter(i -> !Double.isNaN(values[i])).toArray();
    if (present.length < 4 * FEWEST) {
      return 0;
    }
    double[] x = Arrays.stream(present).mapToDouble(i -> values[i]).toArray();
    double[] y = Arrays.stream(present).mapToDouble(i -> targets[i]).toArray();
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
