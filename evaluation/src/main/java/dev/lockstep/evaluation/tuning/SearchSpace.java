package dev.lockstep.evaluation.tuning;

import dev.lockstep.distributor.random.CounterRandom;
import dev.lockstep.distributor.spec.Network;
import dev.lockstep.distributor.spec.Training;
import dev.lockstep.distributor.spec.TrainingOptions;
import dev.lockstep.models.EstimatorSpec;
import dev.lockstep.models.ModelFamily;
import dev.lockstep.models.TunedOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What may be varied of a model. Options that the experiment file gives are not: who says {@code
 * depth: 3} wants 3.
 */
public final class SearchSpace {
  private final EstimatorSpec given;
  private final Map<String, TunedOption.Range> options = new LinkedHashMap<>();
  private final Map<String, TunedOption.Range> training = new LinkedHashMap<>();

  private SearchSpace(EstimatorSpec given) {
    this.given = given;
  }

  /** The space of a baseline. */
  public static SearchSpace ofBaseline(EstimatorSpec given, List<TunedOption> tuned) {
    SearchSpace space = new SearchSpace(given);
    tuned.forEach(space::option);
    return space;
  }

  /**
   * The space of a network: learning rate and weight decay around its family's own, and the options
   * that its family names.
   *
   * @param file what the experiment file's training section says
   * @param whole how it is trained where nothing is varied
   */
  public static SearchSpace ofNetwork(EstimatorSpec given, TrainingOptions file, Training whole) {
    SearchSpace space = new SearchSpace(given);
    if (file.learningRate() == null) {
      space.training(around("learningRate", whole.learningRate().base(), 5));
    }
    double decay = whole.options().weightDecay();
    if (file.weightDecay() == null && decay > 0) {
      space.training(around("weightDecay", decay, 30));
    }
    ModelFamily.named(given.name()).tunedOptions().forEach(space::option);
    return space;
  }

  private static TunedOption around(String name, double value, double factor) {
    return TunedOption.logarithmic(name, value / factor, value * factor);
  }

  private void option(TunedOption option) {
    if (!given.options().containsKey(option.name())) {
      options.put(option.name(), option.range());
    }
  }

  private void training(TunedOption option) {
    if (!ownTraining().containsKey(option.name())) {
      training.put(option.name(), option.range());
    }
  }

  private Map<?, ?> ownTraining() {
    return given.options().get(Network.TRAINING) instanceof Map<?, ?> own ? own : Map.of();
  }

  /** Whether there is nothing to vary. */
  public boolean isEmpty() {
    return options.isEmpty() && training.isEmpty();
  }

  /**
   * Values for all that may be varied.
   *
   * @param key key of the draws
   */
  Map<String, Object> draw(long key) {
    Map<String, Object> drawn = new LinkedHashMap<>();
    training.forEach((name, range) -> drawn.put(name, range.at(share(key, name))));
    options.forEach((name, range) -> drawn.put(name, range.at(share(key, name))));
    return drawn;
  }

  private static double share(long key, String name) {
    return (CounterRandom.bits(key, name.hashCode()) >>> 11) * 0x1p-53;
  }

  /** The model with values that were drawn. */
  EstimatorSpec with(Map<String, Object> drawn) {
    Map<String, Object> all = new LinkedHashMap<>(given.options());
    Map<Object, Object> trained = new LinkedHashMap<>(ownTraining());
    drawn.forEach(
        (name, value) -> {
          if (training.containsKey(name)) {
            trained.put(name, value);
          } else {
            all.put(name, value);
          }
        });
    if (!trained.isEmpty()) {
      all.put(Network.TRAINING, trained);
    }
    return new EstimatorSpec(given.name(), all);
  }
}
