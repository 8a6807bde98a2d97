package dev.lockstep.evaluation.tuning;

import dev.lockstep.data.LockstepException;
import dev.lockstep.distributor.experiment.TuningSpec;
import dev.lockstep.distributor.random.CounterRandom;
import dev.lockstep.evaluation.metrics.MainMetric;
import dev.lockstep.models.EstimatorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Random search (Bergstra and Bengio, "Random Search for Hyper-Parameter Optimization", JMLR 2012):
 * the options as they are, then options drawn from the model's space, until the budget is spent.
 * What is drawn depends on the seed and the trial's number; how many are tried depends on the clock
 * too where the budget is in minutes.
 */
public final class Tuner {
  private final TuningSpec budget;
  private final MainMetric metric;
  private final long seed;

  /**
   * A tuner.
   *
   * @param metric what is judged by
   * @param seed seed of the draws
   */
  public Tuner(TuningSpec budget, MainMetric metric, long seed) {
    this.budget = budget;
    this.metric = metric;
    this.seed = seed;
  }

  /** Fits a model and judges it. */
  @FunctionalInterface
  public interface Judge {
    /**
     * The model's metric on the validation split.
     *
     * @param number the trial's number, from 1
     */
    double judge(int number, EstimatorSpec spec);
  }

  /**
   * What came out.
   *
   * @param best the model with the best options
   * @param trials all that was tried, in order
   */
  public record Tuned(EstimatorSpec best, List<Trial> trials) {
    /** Copies the list. */
    public Tuned {
      trials = List.copyOf(trials);
    }
  }

  /**
   * Searches. A trial that fails with a {@link LockstepException} (a loss that became infinite,
   * say) is recorded and counts; if the first one fails, so does the search.
   *
   * @param given the model as the file says it
   * @param before the first trials of this search, where it was cut off; those that failed are
   *     repeated, as the cause may be gone, and no other one is
   * @param judge fits a model and gives its metric on the validation split
   * @param tried gets each trial that is made, and all trials that there are then, in order
   */
  public Tuned tune(
      EstimatorSpec given,
      SearchSpace space,
      List<Trial> before,
      Judge judge,
      BiConsumer<Trial, List<Trial>> tried) {
    List<Trial> trials = new ArrayList<>(before);
    double spent = before.stream().filter(Trial::succeeded).mapToDouble(Trial::seconds).sum();
    long from = System.nanoTime();
    int most = space.isEmpty() ? 1 : budget.mostTrials();
    for (int number = 1; number <= most; number++) {
      boolean begun = number <= before.size();
      if (begun && before.get(number - 1).succeeded()) {
        continue;
      }
      if (number > 1 && !begun && spent + seconds(from) >= budget.mostSeconds()) {
        break;
      }
      Map<String, Object> changed = changed(given, space, number);
      Trial trial = trial(number, changed, spec(given, space, number), judge);
      if (begun) {
        trials.set(number - 1, trial);
      } else {
        trials.add(trial);
      }
      tried.accept(trial, List.copyOf(trials));
    }
    return chosen(given, space, trials);
  }

  /**
   * What comes out of trials that were made: no other one is.
   *
   * @param given the model as the file says it
   * @param trials all trials of the search, in order
   */
  public Tuned chosen(EstimatorSpec given, SearchSpace space, List<Trial> trials) {
    EstimatorSpec best = given;
    double bestScore = Double.NaN;
    for (Trial trial : trials) {
      double score = trial.score();
      if (!Double.isNaN(score) && (Double.isNaN(bestScore) || metric.gain(score, bestScore) > 0)) {
        best = spec(given, space, trial.number());
        bestScore = score;
      }
    }
    return new Tuned(best, trials);
  }

  private Map<String, Object> changed(EstimatorSpec given, SearchSpace space, int number) {
    return number == 1
        ? Map.of()
        : space.draw(CounterRandom.key(seed, given.name().hashCode(), number));
  }

  private EstimatorSpec spec(EstimatorSpec given, SearchSpace space, int number) {
    return number == 1 ? given : space.with(changed(given, space, number));
  }

  private static Trial trial(
      int number, Map<String, Object> changed, EstimatorSpec spec, Judge judge) {
    long began = System.nanoTime();
    double score = Double.NaN;
    Optional<String> failure = Optional.empty();
    try {
      score = judge.judge(number, spec);
    } catch (LockstepException e) {
      if (number == 1) {
        throw e;
      }
      failure = Optional.of(e.getMessage());
    }
    return new Trial(number, changed, score, seconds(began), failure);
  }

  private static double seconds(long from) {
    return (System.nanoTime() - from) / 1e9;
  }
}
