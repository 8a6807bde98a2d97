package dev.lockstep.evaluation.comparison;

import dev.lockstep.data.Task;
import dev.lockstep.distributor.experiment.Experiment;
import dev.lockstep.evaluation.comparison.ModelRun.SeedRun;
import dev.lockstep.evaluation.metrics.Confusion;
import dev.lockstep.evaluation.metrics.MainMetric;
import dev.lockstep.evaluation.metrics.Reweighted;
import dev.lockstep.evaluation.metrics.Scores;
import dev.lockstep.evaluation.result.ModelResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

/**
 * The network and the baseline that are best on the validation split, together: the weighted mean
 * of their predictions. The weights are those of twentieths that are best on the validation split,
 * as a selection of twenty with replacement would choose them (Caruana et al., "Ensemble Selection
 * from Libraries of Models", ICML 2004).
 */
final class Ensemble {
  private static final String NAME = "ensemble";
  private static final int PARTS = 20;

  private final ModelRun network;
  private final ModelRun baseline;
  private final MainMetric metric;

  private Ensemble(ModelRun network, ModelRun baseline, MainMetric metric) {
    this.network = network;
    this.baseline = baseline;
    this.metric = metric;
  }

  /** The ensemble of a comparison's models; empty without validation rows. */
  static Optional<Ensemble> of(List<ModelRun> runs, MainMetric metric) {
    Optional<ModelRun> network = best(runs, ModelResult.Kind.network, metric);
    Optional<ModelRun> baseline = best(runs, ModelResult.Kind.baseline, metric);
    return network.isPresent() && baseline.isPresent()
        ? Optional.of(new Ensemble(network.get(), baseline.get(), metric))
        : Optional.empty();
  }

  private static Optional<ModelRun> best(
      List<ModelRun> runs, ModelResult.Kind kind, MainMetric metric) {
    return runs.stream()
        .filter(run -> run.kind() == kind && run.bySeed().get(0).validated().isPresent())
        .max(
            Comparator.comparingDouble(
                run ->
                    Double.isNaN(run.validation())
                        ? Double.NEGATIVE_INFINITY
                        : metric.gain(run.validation(), 0)));
  }

  /**
   * Judges it, seed by seed.
   *
   * @param keep is given each seed's folder in the run's and what lies there
   */
  ModelRun run(Experiment experiment, BiConsumer<String, SavedEnsemble> keep) {
    List<SeedRun> bySeed = new ArrayList<>();
    for (int s = 0; s < experiment.seeds().size(); s++) {
      long seed = experiment.seeds().get(s);
      bySeed.add(
          run(
              network.bySeed().get(s),
              baseline.bySeed().get(s),
              name -> experiment.place(name, seed),
              keep));
    }
    return new ModelRun(NAME, ModelResult.Kind.ensemble, network.rows(), List.of(), bySeed);
  }

  private SeedRun run(
      SeedRun one,
      SeedRun other,
      UnaryOperator<String> place,
      BiConsumer<String, SavedEnsemble> keep) {
    Scores first = one.validated().orElseThrow();
    Scores second = other.validated().orElseThrow();
    double share = share(first, second);
    SavedEnsemble saved =
        new SavedEnsemble(
            List.of(
                new SavedEnsemble.Member(place.apply(network.name()), share),
                new SavedEnsemble.Member(place.apply(baseline.name()), 1 - share)));
    keep.accept(place.apply(NAME), saved);
    Map<String, Object> settings = new LinkedHashMap<>();
    saved.members().forEach(m -> settings.put("weight of " + m.model(), m.weight()));
    FittedModel fitted =
        new FittedModel(
            rows -> {
              throw new IllegalStateException("an ensemble's rows are scored by its members");
            },
            one.fitted().seconds() + other.fitted().seconds(),
            settings,
            Optional.empty(),
            List.of(),
            one.fitted().numbers() + other.fitted().numbers(),
            Optional.empty(),
            () -> {});
    Scores both = first.mixed(share, second);
    return new SeedRun(
        fitted,
        one.test().mixed(share, other.test()),
        Reweighted.main(both).of(both.weights()),
        both.task() == Task.BINARY ? Confusion.bestThreshold(both) : Optional.empty(),
        Optional.empty(),
        one.predictSeconds() + other.predictSeconds(),
        one.cpuSeconds() + other.cpuSeconds(),
        Math.max(one.peakMegabytes(), other.peakMegabytes()));
  }

  /**
   * The network's part, the nearest to a half of equally good ones; a half where none has a value.
   */
  private double share(Scores first, Scores second) {
    double best = 0.5;
    double bestValue = Double.NaN;
    for (int part = 0; part <= PARTS; part++) {
      double share = part / (double) PARTS;
      double value = Reweighted.main(first.mixed(share, second)).of(first.weights());
      if (!Double.isNaN(value)) {
        double gain = Double.isNaN(bestValue) ? 1 : metric.gain(value, bestValue);
        if (gain > 0 || gain == 0 && Math.abs(share - 0.5) < Math.abs(best - 0.5)) {
          best = share;
          bestValue = value;
        }
      }
    }
    return best;
  }
}
