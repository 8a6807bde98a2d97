package dev.lockstep.evaluation.leaderboard;

import dev.lockstep.evaluation.metrics.MainMetric;
import dev.lockstep.evaluation.metrics.Order;
import dev.lockstep.evaluation.result.ComparisonResult;
import dev.lockstep.evaluation.result.ModelResult;
import dev.lockstep.evaluation.result.Words;
import dev.lockstep.evaluation.uncertainty.Evidence;
import dev.lockstep.evaluation.uncertainty.Holm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleBiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.StatUtils;

/**
 * Models over several tables. A table counts once, whatever its number of rows: by ranks, wins, Elo
 * and shares of error, as metrics of different tables have different scales.
 *
 * @param tables number of tables
 * @param standings the models, by rising mean rank
 * @param friedmanP probability of ranks such as these where all models are alike; NaN for one table
 * @param pairs each model against each that ranks after it
 */
public record Leaderboard(
    int tables, List<Standing> standings, double friedmanP, List<Pair> pairs) {
  private static final double MILLION = 1e6;

  /** Copies the lists. */
  public Leaderboard {
    standings = List.copyOf(standings);
    pairs = List.copyOf(pairs);
  }

  /** Whether a comparison can count: the metric that decides has a value for each model. */
  public static boolean counts(ComparisonResult run) {
    return run.models().stream().allMatch(m -> Double.isFinite(error(run, m)));
  }

  /**
   * Over comparisons; a model that one of them lacks does not count.
   *
   * @param runs the comparisons, at least one
   */
  public static Leaderboard of(List<ComparisonResult> runs) {
    List<String> names = new ArrayList<>(names(runs.get(0)));
    runs.forEach(run -> names.retainAll(names(run)));
    double[][] errors =
        runs.stream()
            .map(run -> names.stream().mapToDouble(m -> error(run, model(run, m))).toArray())
            .toArray(double[][]::new);
    double[][] ranks = each(errors, Order::ranks);
    double[][] lost = each(errors, Leaderboard::improvability);
    double[] meanRanks = means(ranks);
    double[] improvability = means(lost);
    double[] scores = means(each(errors, Leaderboard::normalized));
    double[] wins = RankTests.sums(each(errors, Leaderboard::wins));
    Elo elo = Elo.of(errors);
    int[] order = Order.rising(meanRanks.length, m -> meanRanks[m]);
    List<Standing> standings = new ArrayList<>();
    for (int m : order) {
      String name = names.get(m);
      standings.add(
          new Standing(
              name,
              model(runs.get(0), name).kind(),
              meanRanks[m],
              wins[m],
              elo.ratings().get(m),
              elo.intervals().get(m),
              improvability[m],
              scores[m],
              median(runs, name, (run, model) -> model.cost().tuneSeconds()),
              median(runs, name, (run, model) -> model.trainSeconds()),
              median(
                  runs, name, (run, model) -> model.predictSeconds() * MILLION / testRows(run))));
    }
    double friedmanP = RankTests.friedman(ranks);
    return new Leaderboard(
        errors.length, standings, friedmanP, pairs(standings, order, errors, lost, friedmanP));
  }

  private static List<Pair> pairs(
      List<Standing> standings, int[] order, double[][] errors, double[][] lost, double friedmanP) {
    List<Pair> raw = new ArrayList<>();
    for (int i = 0; i < order.length; i++) {
      for (int j = i + 1; j < order.length; j++) {
        int one = order[i];
        int other = order[j];
        double[] differences =
            Arrays.stream(lost).mapToDouble(row -> row[other] - row[one]).toArray();
        double p = errors.length < 2 ? Double.NaN : RankTests.signedRank(differences);
        raw.add(
            new Pair(
                standings.get(i).name(),
                standings.get(j).name(),
                Elo.wins(errors, one, other),
                p,
                p));
      }
    }
    double[] adjusted = Holm.adjusted(raw.stream().mapToDouble(Pair::p).toArray());
    boolean apart = friedmanP < Evidence.LEVEL;
    return IntStream.range(0, adjusted.length)
        .mapToObj(
            i -> {
              Pair pair = raw.get(i);
              double p = apart ? adjusted[i] : 1;
              return new Pair(pair.first(), pair.second(), pair.wins(), pair.p(), p);
            })
        .toList();
  }

  private static List<String> names(ComparisonResult run) {
    return run.models().stream().map(ModelResult::name).toList();
  }

  /** What is lacking to a metric's best value: 1 less the metric, or the metric. */
  private static double error(ComparisonResult run, ModelResult model) {
    MainMetric metric = run.mainMetric();
    double value = model.metrics().get(metric.name());
    return metric.lowerIsBetter() ? value : 1 - value;
  }

  private static long testRows(ComparisonResult run) {
    return Math.max(1, run.splits().getOrDefault("test", 1L));
  }

  private static double median(
      List<ComparisonResult> runs,
      String name,
      ToDoubleBiFunction<ComparisonResult, ModelResult> value) {
    double[] values =
        runs.stream().mapToDouble(run -> value.applyAsDouble(run, model(run, name))).toArray();
    return StatUtils.percentile(values, 50);
  }

  private static ModelResult model(ComparisonResult run, String name) {
    return run.models().stream().filter(m -> m.name().equals(name)).findFirst().orElseThrow();
  }

  /** What is computed of each table by itself. */
  private static double[][] each(double[][] errors, UnaryOperator<double[]> ofTable) {
    return Arrays.stream(errors).map(ofTable).toArray(double[][]::new);
  }

  /** Of each model the mean over tables. */
  private static double[] means(double[][] values) {
    return Arrays.stream(RankTests.sums(values)).map(sum -> sum / values.length).toArray();
  }

  private static double[] improvability(double[] errors) {
    double best = Arrays.stream(errors).min().orElseThrow();
    return Arrays.stream(errors).map(e -> e == 0 ? 0 : (e - best) / e).toArray();
  }

  private static double[] normalized(double[] errors) {
    double best = Arrays.stream(errors).min().orElseThrow();
    double median = StatUtils.percentile(errors, 50);
    return Arrays.stream(errors)
        .map(
            e -> median == best ? (e == best ? 1 : 0) : Math.max(0, (median - e) / (median - best)))
        .toArray();
  }

  private static double[] wins(double[] errors) {
    double best = Arrays.stream(errors).min().orElseThrow();
    long winners = Arrays.stream(errors).filter(e -> e == best).count();
    return Arrays.stream(errors).map(e -> e == best ? 1.0 / winners : 0).toArray();
  }

  /** The models over all tables in words. */
  public String verdict() {
    Standing first = standings.get(0);
    String place =
        String.format(
            Locale.ROOT,
            "On %d tables %s has the best mean rank, %.2f, and is best on %s.",
            tables,
            first.name(),
            first.meanRank(),
            Words.count(first.wins()));
    if (tables < 2) {
      return "One table ranks no models; its verdict is all there is.";
    }
    if (friedmanP >= Evidence.LEVEL) {
      return "%s That any model differs from another is not shown: p %s by Friedman's test."
          .formatted(place, Words.probability(friedmanP));
    }
    List<Pair> ofFirst = pairs.stream().filter(p -> p.first().equals(first.name())).toList();
    String beaten = seconds(ofFirst.stream().filter(Pair::shown).toList());
    String open = seconds(ofFirst.stream().filter(p -> !p.shown()).toList());
    return place
        + (beaten.isEmpty() ? "" : " It is better than " + beaten + ".")
        + (open.isEmpty() ? "" : " No difference is shown from " + open + ".");
  }

  private static String seconds(List<Pair> pairs) {
    return pairs.stream().map(Pair::second).collect(Collectors.joining(", "));
  }

  /**
   * Groups of models that are next to each other by mean rank and of which no pair is shown to
   * differ, none within another; of two models or more.
   */
  public List<List<Standing>> groups() {
    List<List<Standing>> groups = new ArrayList<>();
    int end = 0;
    for (int from = 0; from < standings.size(); from++) {
      int to = from + 1;
      while (to < standings.size() && alike(from, to)) {
        to++;
      }
      if (to > end && to - from > 1) {
        groups.add(standings.subList(from, to));
      }
      end = Math.max(end, to);
    }
    return groups;
  }

  /** Whether no model from one place on is shown to differ from that of another. */
  private boolean alike(int from, int to) {
    List<String> before = standings.subList(from, to).stream().map(Standing::name).toList();
    String last = standings.get(to).name();
    return pairs.stream()
        .noneMatch(p -> p.shown() && before.contains(p.first()) && p.second().equals(last));
  }
}
