package dev.lockstep.evaluation.uncertainty;

import dev.lockstep.evaluation.metrics.MainMetric;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.math3.stat.StatUtils;

/**
 * How much better one model is than another, by the metric that decides.
 *
 * @param first a model
 * @param second another one
 * @param metric the metric
 * @param gain how much better the first is, in units of the metric; negative where it is worse
 * @param interval the gain's interval, over other test rows and, with several seeds, other seeds
 * @param seeds number of seeds
 * @param deLong DeLong's test, where it can be made
 * @param mcNemar McNemar's test, where it can be made
 */
public record Contrast(
    String first,
    String second,
    String metric,
    double gain,
    Interval interval,
    int seeds,
    Optional<DeLong> deLong,
    Optional<McNemar> mcNemar) {
  private static final double LEVEL = 0.95;

  /**
   * All pairs of models.
   *
   * @param seed seed of the bootstrap's draws
   */
  public static List<Contrast> all(List<Contender> contenders, long seed) {
    MainMetric metric = MainMetric.of(contenders.get(0).bySeed().get(0).task());
    PairedBootstrap bootstrap = PairedBootstrap.of(contenders, seed);
    double[] means = contenders.stream().mapToDouble(c -> StatUtils.mean(c.metrics())).toArray();
    List<Optional<double[][]>> ranked = contenders.stream().map(DeLong::components).toList();
    List<Contrast> contrasts = new ArrayList<>();
    for (int i = 0; i < contenders.size(); i++) {
      for (int j = i + 1; j < contenders.size(); j++) {
        Contender first = contenders.get(i);
        Contender second = contenders.get(j);
        Optional<double[][]> components = ranked.get(j);
        Interval interval = bootstrap.difference(i, j, LEVEL);
        contrasts.add(
            new Contrast(
                first.name(),
                second.name(),
                metric.name(),
                metric.gain(means[i], means[j]),
                metric.lowerIsBetter() ? interval.negated() : interval,
                first.bySeed().size(),
                ranked.get(i).map(c -> DeLong.of(c, components.orElseThrow())),
                McNemar.test(first, second)));
      }
    }
    return contrasts;
  }

  /** The same with the models the other way round. */
  public Contrast reversed() {
    return new Contrast(
        second,
        first,
        metric,
        -gain,
        interval.negated(),
        seeds,
        deLong.map(d -> new DeLong(-d.difference(), d.standardError(), d.p())),
        mcNemar.map(m -> new McNemar(m.onlySecond(), m.onlyFirst(), m.exact(), m.p())));
  }
}
