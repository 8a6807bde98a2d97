package dev.lockstep.evaluation.comparison;

import dev.lockstep.data.Task;
import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.evaluation.metrics.Confusion;
import dev.lockstep.evaluation.metrics.Curves;
import dev.lockstep.evaluation.metrics.Scores;
import dev.lockstep.evaluation.metrics.TestMetrics;
import dev.lockstep.evaluation.result.Cost;
import dev.lockstep.evaluation.result.ModelResult;
import dev.lockstep.evaluation.tuning.Trial;
import dev.lockstep.evaluation.uncertainty.Contender;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.StatUtils;

/**
 * A candidate that was tuned, trained and judged.
 *
 * @param name its name
 * @param kind what it is
 * @param rows the rows that it was fitted on and judged by
 * @param trials what was tried to find its options
 * @param bySeed what came out, seed by seed
 */
record ModelRun(
    String name,
    ModelResult.Kind kind,
    PreparedData rows,
    List<Trial> trials,
    List<SeedRun> bySeed) {
  /**
   * A model of one seed.
   *
   * @param fitted the model
   * @param test its predictions of the test split
   * @param validation the metric that decides, on the validation split; NaN without one
   * @param threshold the probability at which validation rows would have a row taken for the second
   *     of two classes; empty without such rows, and for other tasks
   * @param validated its predictions of the validation split, where an ensemble asks for them
   * @param predictSeconds how long the test split took to score
   * @param cpuSeconds processor time of training
   * @param peakMegabytes most memory held meanwhile
   */
  record SeedRun(
      FittedModel fitted,
      Scores test,
      double validation,
      Optional<Double> threshold,
      Optional<Scores> validated,
      double predictSeconds,
      double cpuSeconds,
      double peakMegabytes) {}

  /** The metric that decides, on the validation split, mean over seeds; NaN without one. */
  double validation() {
    return mean(bySeed, SeedRun::validation);
  }

  /** The predictions of the test split, for what asks how sure a difference is. */
  Contender contender() {
    return new Contender(name, bySeed.stream().map(SeedRun::test).toList());
  }

  /**
   * What is told of a candidate; what is there once is of the first seed of the first split.
   *
   * @param bySplit its runs on each split
   */
  static ModelResult result(List<ModelRun> bySplit) {
    ModelRun run = bySplit.get(0);
    FittedModel first = run.bySeed().get(0).fitted();
    Scores scores = run.bySeed().get(0).test();
    boolean binary = scores.task() == Task.BINARY;
    List<SeedRun> all = bySplit.stream().flatMap(r -> r.bySeed().stream()).toList();
    List<Map<String, Double>> metrics =
        all.stream().map(one -> TestMetrics.of(one.test())).toList();
    int seeds = run.bySeed().size();
    List<Map<String, Double>> spread = bySplit.size() == 1 ? metrics : means(metrics, seeds);
    return new ModelResult(
        run.name(),
        run.kind(),
        each(metrics, StatUtils::mean),
        each(spread, v -> v.length < 2 ? Double.NaN : Math.sqrt(StatUtils.variance(v))),
        metrics,
        mean(all, SeedRun::validation),
        mean(all, one -> one.fitted().seconds()),
        mean(all, SeedRun::predictSeconds),
        new Cost(
            bySplit.stream().flatMap(r -> r.trials().stream()).mapToDouble(Trial::seconds).sum()
                / bySplit.size(),
            mean(all, SeedRun::cpuSeconds),
            mean(all, SeedRun::peakMegabytes),
            first.numbers()),
        first.settings(),
        first.weightsSha256(),
        run.bySeed().stream().flatMap(one -> one.fitted().weightsSha256().stream()).toList(),
        run.bySeed().stream().flatMap(one -> one.fitted().trees().stream()).toList(),
        first.learning(),
        binary ? Curves.roc(scores) : List.of(),
        binary ? Curves.precisionRecall(scores) : List.of(),
        binary ? Curves.calibration(scores) : List.of(),
        scores.task() == Task.REGRESSION
            ? Optional.empty()
            : Optional.of(Confusion.of(scores, run.bySeed().get(0).threshold())),
        run.trials());
  }

  /** Means of each so many. */
  private static List<Map<String, Double>> means(List<Map<String, Double>> metrics, int seeds) {
    return IntStream.range(0, metrics.size() / seeds)
        .mapToObj(s -> each(metrics.subList(s * seeds, (s + 1) * seeds), StatUtils::mean))
        .toList();
  }

  private static double mean(List<SeedRun> runs, ToDoubleFunction<SeedRun> value) {
    return runs.stream().mapToDouble(value).average().orElseThrow();
  }

  private static Map<String, Double> each(
      List<Map<String, Double>> metrics, ToDoubleFunction<double[]> statistic) {
    Map<String, Double> all = new LinkedHashMap<>();
    for (String name : metrics.get(0).keySet()) {
      double[] values = metrics.stream().mapToDouble(m -> m.get(name)).toArray();
      all.put(name, statistic.applyAsDouble(values));
    }
    return all;
  }
}
