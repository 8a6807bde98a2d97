package dev.lockstep.evaluation.comparison;

import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.distributor.experiment.RunFolder;
import dev.lockstep.distributor.training.TrainingListener;

/** What a program hears of a comparison while it runs; of its trainings, too. */
public interface ComparisonListener extends TrainingListener {
  /** Hears nothing. */
  ComparisonListener NONE = new ComparisonListener() {};

  /** The rows are there. */
  default void prepared(PreparedData data, double seconds) {}

  /** The run has its folder, and begins to train; a run that is cut off from now on can go on. */
  default void started(RunFolder folder) {}

  /** A model begins to be fitted; epochs and steps are of it until another one begins. */
  default void fitting(Fit fit) {}

  /** The model is fitted and judged. */
  default void fitted(Fit fit, Fit.Result result) {}

  /** A trial of the tuning failed; the run does not. What else fails ends the run. */
  default void fitFailed(Fit fit, String cause) {}

  /**
   * A trial of the tuning is judged.
   *
   * @param metric name of the metric
   * @param validation its value on the validation split
   */
  default void tried(String model, String metric, double validation) {}

  /**
   * A model is trained.
   *
   * @param model its name, with the seed where there are several
   */
  default void trained(String model, double seconds) {}

  /**
   * A model is not trained, as that was done before the run was cut off.
   *
   * @param model its name, with the seed where there are several
   */
  default void trainedBefore(String model) {}

  /** This one and another, which hear the same; this one first. */
  default ComparisonListener and(ComparisonListener other) {
    return new BothListeners(this, other);
  }
}
