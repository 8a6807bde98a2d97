package dev.lockstep.evaluation.uncertainty;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.data.Task;
import dev.lockstep.evaluation.metrics.MainMetric;
import dev.lockstep.evaluation.metrics.Scores;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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
   * Compares models.
   *
   * @param contenders models, all judged on the same rows
   * @param units what of these rows chance draws whole
   */
  public static Contrasts of(List<Contender> contenders, Units units) {
    Scores rows = contenders.get(0).bySeed().get(0);
    contenders.forEach(c -> rows.checkSameRows(c.bySeed().get(0)));
    MainMetric metric = MainMetric.of(rows.task());
    Optional<String> tooFew = tooFew(rows, units);
    List<Judged> models = contenders.stream().map(Judged::new).toList();
    boolean independent = units.kind() == Units.Kind.row;
    List<Optional<double[][]>> ranked =
        contenders.stream()
            .map(c -> independent ? DeLong.components(c) : Optional.<double[][]>empty())
            .toList();
    List<Contrast> pairs = new ArrayList<>();
    List<Estimate> estimates = new ArrayList<>();
    for (int i = 0; i < models.size(); i++) {
      for (int j = i + 1; j < models.size(); j++) {
        Contender first = contenders.get(i);
        Contender second = contenders.get(j);
        Optional<double[][]> components = ranked.get(j);
        Estimate found =
            metric.lowerIsBetter()
                ? Estimate.difference(models.get(j), models.get(i), units)
                : Estimate.difference(models.get(i), models.get(j), units);
        estimates.add(found);
        pairs.add(
            new Contrast(
                first.name(),
                second.name(),
                found.value(),
                Optional.empty(),
                ranked.get(i).map(c -> DeLong.of(c, components.orElseThrow())),
                independent ? McNemar.test(first, second) : Optional.empty()));
      }
    }
    return new Contrasts(
        metric.name(),
        units.kind(),
        units.count(),
        tooFew,
        tooFew.isPresent() ? pairs : with(estimates, pairs));
  }

  /** The pairs with how sure they are, each among all. */
  private static List<Contrast> with(List<Estimate> estimates, List<Contrast> pairs) {
    double[] adjusted = holm(estimates.stream().mapToDouble(Estimate::p).toArray());
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
   * Probabilities adjusted for their number (Holm, "A Simple Sequentially Rejective Multiple Test
   * Procedure", Scandinavian Journal of Statistics 1979).
   */
  static double[] holm(double[] p) {
    int[] rising =
        IntStream.range(0, p.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> p[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] adjusted = new double[p.length];
    double least = 0;
    for (int place = 0; place < rising.length; place++) {
      least = Math.max(least, Math.min(1, (p.length - place) * p[rising[place]]));
      adjusted[rising[place]] = least;
    }
    return adjusted;
  }

  /** Why no claim can be made: rows of a class, or all rows, are of too few units. */
  private static Optional<String> tooFew(Scores rows, Units units) {
    if (rows.task() != Task.BINARY) {
      return units.count() < LEAST
          ? Optional.of(tooFew("", units.count(), units))
          : Optional.empty();
    }
    return IntStream.range(0, rows.classes().size())
        .mapToObj(
            c -> {
              int found =
                  units.with(IntStream.range(0, rows.rows()).filter(i -> rows.label(i) == c));
              return found < LEAST
                  ? Optional.of(tooFew(" of class " + rows.classes().get(c), found, units))
                  : Optional.<String>empty();
            })
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static String tooFew(String which, int found, Units units) {
    String rows =
        switch (units.kind()) {
          case row -> found == 1 ? "1 row" + which : found + " rows" + which;
          case key -> "rows%s under %d key%s".formatted(which, found, found == 1 ? "" : "s");
          case block -> "rows%s in %d of the blocks of time".formatted(which, found);
        };
    return "the test split has %s, and a claim needs %d".formatted(rows, LEAST);
  }

  /** How much better one model is than another. */
  public Optional<Contrast> between(String first, String second) {
    return Stream.concat(pairs.stream(), pairs.stream().map(Contrast::reversed))
        .filter(c -> c.first().equals(first) && c.second().equals(second))
        .findFirst();
  }

  /** What an interval is over: {@code 762 rows}, {@code 90 keys}. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public String over() {
    return "%,d %s%s".formatted(units, unit, units == 1 ? "" : "s");
  }
}
