package dev.lockstep.distributor.spec;

import dev.lockstep.distributor.collective.Precision;
import dev.lockstep.distributor.optimizer.Schedule;
import dev.lockstep.models.EstimatorSpec;
import java.io.Serializable;
import java.util.Objects;
import java.util.Optional;

/** How a network is trained, with nothing left open: what {@link Network} made of the options. */
public final class Training implements Serializable {
  private static final long serialVersionUID = 1;

  private final TrainingOptions options;

  /**
   * What the ranks share and how.
   *
   * @param ranks number of ranks, W
   * @param lanes number of lanes, V
   * @param threads libtorch's threads per rank
   * @param sharding what is sharded over the ranks
   * @param gradients how gradients travel between ranks
   */
  public record Parallelism(
      int ranks, int lanes, int threads, Sharding sharding, Precision gradients) {}

  /**
   * The rows of a step.
   *
   * @param rows rows per step, over all ranks
   * @param parts in how many parts they go through the network
   */
  public record Batch(int rows, int parts) {}

  /**
   * The learning rate over the run.
   *
   * @param base the rate before the schedule
   * @param schedule the schedule
   * @param warmup share of the run that is warm-up, in [0, 1)
   */
  public record LearningRate(double base, Schedule schedule, double warmup) {}

  /**
   * When training ends.
   *
   * @param epochs largest number of epochs
   * @param patience epochs without a better validation metric after which it stops
   * @param metric what validation watches
   */
  public record Stopping(int epochs, int patience, ValidationMetric metric) {}

  /**
   * Takes options, every one but the loss given.
   *
   * @throws NullPointerException if another one is left open
   */
  public Training(TrainingOptions complete) {
    options = complete;
    Objects.requireNonNull(complete.optimizer(), "optimizer");
    Objects.requireNonNull(complete.checkpoint(), "checkpoint");
    Objects.requireNonNull(parallelism());
    Objects.requireNonNull(batch());
    Objects.requireNonNull(learningRate());
    Objects.requireNonNull(stopping());
  }

  /** The same as options, every one but the loss given. */
  public TrainingOptions options() {
    return options;
  }

  /** What the ranks share and how. */
  public Parallelism parallelism() {
    return new Parallelism(
        options.ranks(),
        options.lanes(),
        options.threads(),
        options.sharding(),
        options.gradients());
  }

  /** The rows of a step. */
  public Batch batch() {
    return new Batch(options.batch(), options.accumulate());
  }

  /** The learning rate over the run. */
  public LearningRate learningRate() {
    return new LearningRate(options.learningRate(), options.schedule(), options.warmup());
  }

  /** When training ends. */
  public Stopping stopping() {
    return new Stopping(options.epochs(), options.patience(), options.metric());
  }

  /** The loss; empty for what fits the network and the task. */
  public Optional<EstimatorSpec> loss() {
    return Optional.ofNullable(options.loss());
  }

  /** Which optimizer; its numbers are among the {@link #options}. */
  public OptimizerKind optimizer() {
    return options.optimizer();
  }

  /** Which optimizer updates the rows of sharded embeddings. */
  public RowOptimizerKind embeddingOptimizer() {
    if (options.embeddingOptimizer() != null) {
      return options.embeddingOptimizer();
    }
    return switch (options.optimizer()) {
      case ADAMW -> RowOptimizerKind.ADAMW;
      case SGD -> RowOptimizerKind.SGD;
    };
  }

  /** Largest norm of a step's gradient; 0 for no clipping. */
  public double clipNorm() {
    return options.clipNorm();
  }

  /** Decay of the moving average of weights that is validated and kept; 0 for none. */
  public double ema() {
    return options.ema();
  }

  /** When to keep what. */
  public CheckpointSpec checkpoint() {
    return options.checkpoint();
  }
}
