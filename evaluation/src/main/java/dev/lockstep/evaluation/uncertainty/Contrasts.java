package dev.lockstep.evaluation.uncertainty;

import dev.lockstep.data.Task;
import dev.lockstep.evaluation.metrics.MainMetric;
import dev.lockstep.evaluation.metrics.Scores;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.math3.stat.StatUtils;

/**
 * All pairs of models of a comparison.
 *
 * @param metric the metric that decides
 * @param unit what chance draws whole
 * @param units how many there are in the test split
 * @param tooFew why the test split is too small for any claim; empty where it is not
 * @param pairs each model against each that follows
 */
public record Contrasts(
    String metric, Units.Kind unit, int units, Optional<String> tooFew, List<Contrast> pairs) {
  /** Fewer tell too little of how much they differ. */
  private static final int LEAST = 10;

  /** Copies the list. */
  public Contrasts {
    pairs = List.copyOf(pairs);
  }

  /**
   * Compares models on one split, or on several.
   *
   * @param splits the splits, each with all models in one order
   * @param folds how many of them have each row as a test row once; 1 for one split
   */
  public static Contrasts of(List<JudgedSplit> splits, int folds) {
    Scores rows = splits.get(0).contenders().get(0).bySeed().get(0);
    return of(splits, folds, MainMetric.of(rows.task()));
  }

  /**
   * Compares models by another metric than the one that decides.
   *
   * @param folds as for {@link #of(List, int)}
   * @param metric a metric of the task
   */
  public static Contrasts of(List<JudgedSplit> splits, int folds, MainMetric metric) {
    JudgedSplit first = splits.get(0);
    List<Estimate> estimates = splits.size() == 1 ? gains(first, metric) : gains(splits, metric);
    boolean rows = splits.size() == 1 && first.units().kind() == Units.Kind.row;
    List<Contrast> pairs = new ArrayList<>();
    List<Contender> models = first.contenders();
    for (int i = 0; i < models.size(); i++) {
      for (int j = i + 1; j < models.size(); j++) {
        Contender one = models.get(i);
        Contender other = models.get(j);
        pairs.add(
            new Contrast(
                one.name(),
                other.name(),
                estimates.get(pairs.size()).value(),
                Optional.empty(),
                rows ? DeLong.test(one, other) : Optional.empty(),
                rows ? McNemar.test(one, other) : Optional.empty()));
      }
    }
    Optional<String> tooFew = tooFew(splits.subList(0, folds));
    return new Contrasts(
        metric.name(),
        splits.size() == 1 ? first.units().kind() : Units.Kind.split,
        splits.size() == 1 ? first.units().count() : splits.size(),
        tooFew,
        tooFew.isPresent() ? pairs : with(estimates, pairs));
  }

  /** How much better each model is than each that follows, over other units of the split. */
  private static List<Estimate> gains(JudgedSplit split, MainMetric metric) {
    List<Judged> models = split.contenders().stream().map(c -> new Judged(c, metric)).toList();
    List<Estimate> gains = new ArrayList<>();
    for (int i = 0; i < models.size(); i++) {
      for (int j = i + 1; j < models.size(); j++) {
        gains.add(Estimate.gain(models.get(i), models.get(j), metric, split.units()));
      }
    }
    return gains;
  }

  /** The same over other splits. */
  private static List<Estimate> gains(List<JudgedSplit> splits, MainMetric metric) {
    double testShare =
        splits.stream()
            .mapToDouble(s -> (double) s.units().rows() / s.learnedRows())
            .average()
            .orElseThrow();
    // By model, then by split.
    double[][] means =
        IntStream.range(0, splits.get(0).contenders().size())
            .mapToObj(
                m ->
                    splits.stream()
                        .mapToDouble(s -> StatUtils.mean(s.contenders().get(m).metrics(metric)))
                        .toArray())
            .toArray(double[][]::new);
    List<Estimate> gains = new ArrayList<>();
    for (int i = 0; i < means.length; i++) {
      for (int j = i + 1; j < means.length; j++) {
        double[] one = means[i];
        double[] other = means[j];
        gains.add(
            Estimate.overSplits(
                IntStream.range(0, splits.size())
                    .mapToDouble(s -> metric.gain(one[s], other[s]))
                    .toArray(),
                testShare));
      }
    }
    return gains;
  }

  /** The pairs with how sure they are, each among all. */
  private static List<Contrast> with(List<Estimate> estimates, List<Contrast> pairs) {
    double[] adjusted = Holm.adjusted(estimates.stream().mapToDouble(Estimate::p).toArray());
    return IntStream.range(0, adjusted.length)
        .mapToObj(
            i -> {
              Contrast pair = pairs.get(i);
              return new Contrast(
                  pair.first(),
                  pair.second(),
                  pair.gain(),
                  Optional.of(evidence(estimates.get(i), adjusted[i], adjusted.length)),
                  pair.deLong(),
                  pair.mcNemar());
            })
        .toList();
  }

  private static Evidence evidence(Estimate estimate, double adjusted, int pairs) {
    return new Evidence(
        estimate.interval(1 - Evidence.LEVEL),
        estimate.standardError(),
        estimate.degreesOfFreedom(),
        estimate.p(),
        adjusted,
        estimate.smallestFound(Evidence.LEVEL / pairs, Evidence.POWER));
  }

  /**
   * Why no claim can be made: rows of a class, or all rows, are of too few units.
   *
   * @param once splits that have each row as a test row once
   */
  private static Optional<String> tooFew(List<JudgedSplit> once) {
    Scores first = once.get(0).contenders().get(0).bySeed().get(0);
    if (first.task() != Task.BINARY) {
      int found = once.stream().mapToInt(s -> s.units().count()).sum();
      return tooFew("", found, once);
    }
    return IntStream.range(0, first.classes().size())
        .mapToObj(
            c -> {
              int found = once.stream().mapToInt(s -> unitsOf(c, s)).sum();
              return tooFew(" of class " + first.classes().get(c), found, once);
            })
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static int unitsOf(int label, JudgedSplit split) {
    Scores rows = split.contenders().get(0).bySeed().get(0);
    return split.units().with(IntStream.range(0, rows.rows()).filter(i -> rows.label(i) == label));
  }

  private static Optional<String> tooFew(String which, int found, List<JudgedSplit> once) {
    if (found >= LEAST) {
      return Optional.empty();
    }
    String rows =
        switch (once.get(0).units().kind()) {
          case row, split -> found == 1 ? "1 row" + which : found + " rows" + which;
          case key -> "rows%s under %d key%s".formatted(which, found, found == 1 ? "" : "s");
          case block -> "rows%s in %d of the blocks of time".formatted(which, found);
        };
    String where = once.size() == 1 ? "the test split has" : "all test splits together have";
    return Optional.of("%s %s, and a claim needs %d".formatted(where, rows, LEAST));
  }

  /** How much better one model is than another. */
  public Optional<Contrast> between(String first, String second) {
    return Stream.concat(pairs.stream(), pairs.stream().map(Contrast::reversed))
        .filter(c -> c.first().equals(first) && c.second().equals(second))
        .findFirst();
  }
}
