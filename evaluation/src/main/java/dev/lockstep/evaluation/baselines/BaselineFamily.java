package dev.lockstep.evaluation.baselines;

import dev.lockstep.data.features.FeatureLayout;
import dev.lockstep.data.features.LabelLayout;
import dev.lockstep.distributor.rendezvous.RendezvousOptions;
import dev.lockstep.distributor.training.TrainingListener;
import dev.lockstep.models.Catalogue;
import dev.lockstep.models.Options;
import dev.lockstep.models.TunedOption;
import java.util.List;
import java.util.Optional;

/**
 * A kind of baseline. Implementations are found by {@link java.util.ServiceLoader}, as networks
 * are.
 */
public interface BaselineFamily {
  /**
   * What a baseline is fitted to.
   *
   * @param features the features of its rows
   * @param label the label
   * @param seed seed of samples
   * @param surroundings what it is fitted on, and who hears of it
   */
  record Problem(FeatureLayout features, LabelLayout label, long seed, Surroundings surroundings) {}

  /**
   * What a baseline is fitted on.
   *
   * @param ranks on how many ranks, where its library has ranks
   * @param job how ranks meet
   * @param listener hears how fitting goes
   * @param checkpoints a path that all executors share, for files that are deleted when the
   *     baseline is fitted; MLlib's boosting needs it for more than some three hundred trees
   */
  record Surroundings(
      int ranks, RendezvousOptions job, TrainingListener listener, Optional<String> checkpoints) {
    /** One rank, and nobody who hears. */
    static Surroundings alone() {
      return new Surroundings(
          1, RendezvousOptions.defaults(), TrainingListener.NONE, Optional.empty());
    }
  }

  /** The name in an experiment file, such as {@code gbt}. */
  String name();

  /**
   * Makes a baseline that is to be fitted.
   *
   * @param options its options; all that there are must be asked for
   * @throws IllegalArgumentException if an option is out of range
   */
  Baseline create(Problem problem, Options options);

  /**
   * The options that tuning may vary.
   *
   * @param label what is learned
   */
  default List<TunedOption> tunedOptions(LabelLayout label) {
    return List.of();
  }

  /**
   * The family of that name.
   *
   * @throws dev.lockstep.models.UnknownNameException if there is none; the message names the known
   *     ones
   */
  static BaselineFamily named(String name) {
    return Catalogue.named(BaselineFamily.class, BaselineFamily::name, "baseline", name);
  }
}
