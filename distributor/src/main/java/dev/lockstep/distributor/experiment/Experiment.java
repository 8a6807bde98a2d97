package dev.lockstep.distributor.experiment;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Task;
import dev.lockstep.data.spec.DataSpec;
import dev.lockstep.data.spec.FoldSpec;
import dev.lockstep.data.spec.SplitSpec;
import dev.lockstep.distributor.spec.Network;
import dev.lockstep.distributor.spec.TrainingOptions;
import dev.lockstep.models.EstimatorSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * What a run is.
 *
 * @param data table, version, task, label, features and split
 * @param models the networks, at least one, as the file says them
 * @param training how they are trained, as far as the file says it for all
 * @param baselines what they are compared with
 * @param tuning the budget under which models look for better options; without one they are trained
 *     with those that the file says
 * @param splits the splits, where there are several; {@code data} has the first one then
 * @param ensemble whether the best network and the best baseline are judged together, too
 * @param seeds seeds of everything random; every model is trained once for each
 * @param output folder in which each run gets one of its own
 * @param text the file, verbatim
 */
public record Experiment(
    DataSpec data,
    List<EstimatorSpec> models,
    TrainingOptions training,
    List<EstimatorSpec> baselines,
    Optional<TuningSpec> tuning,
    Optional<SplitsSpec> splits,
    boolean ensemble,
    List<Long> seeds,
    String output,
    String text) {
  /** The output folder where nothing else is said. */
  public static final String OUTPUT = "lockstep-runs";

  /** Copies the lists and checks that there is a network, and that no seed counts twice. */
  public Experiment {
    models = List.copyOf(models);
    baselines = List.copyOf(baselines);
    seeds = List.copyOf(seeds);
    if (splits.isPresent()) {
      FoldSpec given = data.split().fold();
      if (given != null && !given.equals(new FoldSpec(1, splits.get().folds()))) {
        throw new IllegalArgumentException("say 'splits' or 'split.fold', not both");
      }
      data = data.withSplit(splits.get().of(data.split(), data.task() != Task.REGRESSION).get(0));
    }
    if (models.isEmpty()) {
      throw new IllegalArgumentException("'model' is missing: name a network, such as mlp");
    }
    if (seeds.isEmpty() || new HashSet<>(seeds).size() != seeds.size()) {
      throw new IllegalArgumentException(
          "'seeds' must be different whole numbers, but are " + seeds);
    }
    if (output.isBlank()) {
      throw new LockstepException("'output' is empty", "Name a folder, or leave it out");
    }
  }

  /**
   * Refuses what no network of the experiment could be trained with.
   *
   * @throws LockstepException naming the option
   */
  public void check() {
    networks().forEach(network -> network.training().options().refuseFor(data.task()));
  }

  /** The networks, each with all that the file leaves open about it decided. */
  public List<Network> networks() {
    return models.stream().map(model -> Network.of(model, training)).toList();
  }

  /** The split, or all of them in order. */
  public List<SplitSpec> allSplits() {
    return splits
        .map(s -> s.of(data.split(), data.task() != Task.REGRESSION))
        .orElseGet(() -> List.of(data.split()));
  }

  /** The first seed, which is that of all that is done once. */
  public long seed() {
    return seeds.get(0);
  }

  /** Where a model of a seed is in a run's folder: {@code mlp}, or {@code mlp/seed-2}. */
  public String place(String model, long seed) {
    return seeds.size() == 1 ? model : model + "/seed-" + seed;
  }

  /**
   * The same on another number of ranks.
   *
   * @throws LockstepException if it cannot be trained on so many
   */
  public Experiment withRanks(int ranks) {
    Experiment other =
        new Experiment(
            data,
            models,
            training.withRanks(ranks),
            baselines,
            tuning,
            splits,
            ensemble,
            seeds,
            output,
            text);
    other.check();
    return other;
  }

  /** The same on other data; the text stays as it was. */
  public Experiment withData(DataSpec other) {
    return new Experiment(
        other, models, training, baselines, tuning, splits, ensemble, seeds, output, text);
  }

  /** The same with another output folder. */
  public Experiment withOutput(String folder) {
    return new Experiment(
        data, models, training, baselines, tuning, splits, ensemble, seeds, folder, text);
  }
}
