package dev.lockstep.distributor.experiment;

import dev.lockstep.data.DataSpec;
import dev.lockstep.distributor.training.TrainingSpec;
import dev.lockstep.models.EstimatorSpec;
import java.util.List;

/**
 * What a run is.
 *
 * @param data table, version, task, label, features and split
 * @param models the networks, at least one
 * @param training how they are trained, as far as the file says
 * @param baselines what they are compared with
 * @param seed seed of everything random
 * @param output folder in which each run gets one of its own
 * @param text the file, verbatim
 */
public record Experiment(
    DataSpec data,
    List<EstimatorSpec> models,
    TrainingSpec training,
    List<EstimatorSpec> baselines,
    long seed,
    String output,
    String text) {
  /** Copies the lists and checks that there is a network. */
  public Experiment {
    models = List.copyOf(models);
    baselines = List.copyOf(baselines);
    if (models.isEmpty()) {
      throw new IllegalArgumentException("'model' is missing: name a network, such as mlp");
    }
  }

  /** The same on another number of ranks. */
  public Experiment withRanks(int ranks) {
    return new Experiment(data, models, training.withRanks(ranks), baselines, seed, output, text);
  }

  /** The same on other data; the text stays as it was. */
  public Experiment withData(DataSpec other) {
    return new Experiment(other, models, training, baselines, seed, output, text);
  }

  /** The same with another output folder. */
  public Experiment withOutput(String folder) {
    return new Experiment(data, models, training, baselines, seed, folder, text);
  }
}
