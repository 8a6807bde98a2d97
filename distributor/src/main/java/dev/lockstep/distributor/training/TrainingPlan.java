package dev.lockstep.distributor.training;

import dev.lockstep.data.Task;
import dev.lockstep.data.features.FeatureLayout;
import dev.lockstep.data.features.LabelLayout;
import dev.lockstep.models.EstimatorSpec;
import dev.lockstep.models.FeatureSchema;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;

/**
 * All that a rank is told: small, serialisable, and the same for every rank.
 *
 * @param model the network's name
 * @param options the network's options
 * @param features what it is fed
 * @param label what it predicts
 * @param training how, with nothing left out
 * @param seed seed of the run
 * @param fingerprint names the run's inputs; a checkpoint of other inputs is not resumed
 * @param output folder on a file system that the driver and rank 0 reach
 */
record TrainingPlan(
    String model,
    HashMap<String, Object> options,
    FeatureLayout features,
    LabelLayout label,
    TrainingSpec training,
    long seed,
    String fingerprint,
    String output)
    implements Serializable {

  static TrainingPlan of(
      EstimatorSpec model,
      FeatureLayout features,
      LabelLayout label,
      TrainingSpec training,
      long seed,
      String fingerprint,
      String output) {
    return new TrainingPlan(
        model.name(),
        new HashMap<>(model.options()),
        features,
        label,
        training,
        seed,
        fingerprint,
        output);
  }

  FeatureSchema schema() {
    return new FeatureSchema(
        features.numeric().size(),
        features.numeric().stream().map(FeatureLayout.Numeric::edges).toList(),
        features.categorical().stream().map(FeatureLayout.Categorical::size).toList());
  }

  int outputs() {
    return label.task() == Task.MULTICLASS ? label.classes().size() : 1;
  }

  Map<String, Object> modelOptions() {
    return options;
  }
}
