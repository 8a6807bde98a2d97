package dev.lockstep.distributor.spec;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Task;
import dev.lockstep.distributor.collective.Precision;
import dev.lockstep.distributor.optimizer.Schedule;
import dev.lockstep.models.EstimatorSpec;
import java.io.Serializable;
import java.util.function.Function;

/**
 * How to train, as far as somebody says it: what an experiment file leaves out is null. {@link
 * Network} decides the rest.
 *
 * @param ranks number of ranks, W
 * @param lanes number of lanes, V; results depend on it, on ranks only by the order of additions
 * @param epochs largest number of epochs
 * @param patience epochs without a better validation metric after which training stops
 * @param batch rows a step, over all ranks
 * @param accumulate parts in which a step's rows go through the network, to save memory
 * @param loss the loss; what fits the task where nothing is said
 * @param optimizer which optimizer
 * @param embeddingOptimizer which optimizer updates the rows of sharded embeddings; the one that
 *     fits {@code optimizer} where nothing is said
 * @param learningRate its rate before the schedule
 * @param schedule the rate over the run
 * @param warmup share of the run that is warm-up, in [0, 1)
 * @param weightDecay decoupled weight decay of weights (not of biases, norms and embeddings)
 * @param beta1 AdamW's decay of the mean of gradients
 * @param beta2 AdamW's decay of the mean of squares
 * @param epsilon AdamW's epsilon
 * @param momentum SGD's momentum
 * @param clipNorm largest norm of a step's gradient; 0 for no clipping
 * @param ema decay of the moving average of weights that is validated and kept; 0 for none
 * @param sharding what is sharded over the ranks; {@code sharded}, true or false, is another word
 *     for the optimizer's state or nothing
 * @param gradients how gradients travel between ranks
 * @param metric what validation watches
 * @param threads libtorch's threads a rank; sums depend on it
 * @param checkpoint when to keep what
 */
public record TrainingOptions(
    Integer ranks,
    Integer lanes,
    Integer epochs,
    Integer patience,
    Integer batch,
    Integer accumulate,
    EstimatorSpec loss,
    OptimizerKind optimizer,
    @JsonInclude(JsonInclude.Include.NON_NULL) RowOptimizerKind embeddingOptimizer,
    Double learningRate,
    Schedule schedule,
    Double warmup,
    Double weightDecay,
    Double beta1,
    Double beta2,
    Double epsilon,
    Double momentum,
    Double clipNorm,
    Double ema,
    @JsonAlias("sharded") Sharding sharding,
    Precision gradients,
    ValidationMetric metric,
    Integer threads,
    CheckpointSpec checkpoint)
    implements Serializable {

  /**
   * Checks what is given.
   *
   * @throws LockstepException naming an option that is out of its range
   */
  public TrainingOptions {
    atLeast("ranks", ranks, 1);
    atLeast("lanes", lanes, 1);
    atLeast("epochs", epochs, 1);
    atLeast("patience", patience, 1);
    atLeast("batch", batch, 1);
    atLeast("accumulate", accumulate, 1);
    atLeast("threads", threads, 1);
    within("learningRate", learningRate, Double.MIN_VALUE, Double.MAX_VALUE);
    within("warmup", warmup, 0, 0.999);
    within("weightDecay", weightDecay, 0, Double.MAX_VALUE);
    within("beta1", beta1, 0, 0.999999);
    within("beta2", beta2, 0, 0.999999);
    within("epsilon", epsilon, Double.MIN_VALUE, 1);
    within("momentum", momentum, 0, 0.999999);
    within("clipNorm", clipNorm, 0, Double.MAX_VALUE);
    within("ema", ema, 0, 0.999999);
    if (ranks != null && lanes != null && ranks > lanes) {
      throw new LockstepException(
          "training.ranks is %d but training.lanes is %d; a rank needs at least one lane"
              .formatted(ranks, lanes),
          "Take fewer ranks, in the file or by --ranks, or more lanes");
    }
  }

  private static void atLeast(String name, Integer value, int least) {
    if (value != null && value < least) {
      throw wrong(name, "at least " + least, value);
    }
  }

  private static void within(String name, Double value, double least, double most) {
    if (value != null && !(value >= least && value <= most)) {
      throw wrong(name, range(least, most), value);
    }
  }

  private static String range(double least, double most) {
    String from = least == Double.MIN_VALUE ? "above 0" : "at least " + least;
    return most == Double.MAX_VALUE ? from : from + " and at most " + most;
  }

  private static LockstepException wrong(String name, String range, Object value) {
    return new LockstepException(
        "training.%s must be %s, but is %s".formatted(name, range, value),
        name.equals("ranks")
            ? "Give another number of ranks, in the file or by --ranks"
            : "Change it in the experiment file");
  }

  /**
   * Refuses what a task does not have.
   *
   * @throws LockstepException naming the option
   */
  public void refuseFor(Task task) {
    if (task == Task.REGRESSION && metric == ValidationMetric.ACCURACY) {
      throw new LockstepException(
          "training.metric is accuracy, the share of rows whose class is right, but the task is"
              + " regression, which has no classes",
          "Say 'metric: loss', or leave it out");
    }
  }

  /** Nothing said. */
  public static TrainingOptions empty() {
    return of(null, null, null);
  }

  private static TrainingOptions of(Integer ranks, Integer lanes, Integer threads) {
    return of(ranks, lanes, threads, null, null);
  }

  /** Nothing said but what ranks send each other. */
  public static TrainingOptions sending(Precision gradients, Sharding sharding) {
    return of(null, null, null, sharding, gradients);
  }

  private static TrainingOptions of(
      Integer ranks, Integer lanes, Integer threads, Sharding sharding, Precision gradients) {
    return new TrainingOptions(
        ranks, lanes, null, null, null, null, null, null, null, null, null, null, null, null, null,
        null, null, null, null, sharding, gradients, null, threads, null);
  }

  /** What holds where neither the experiment nor the model says otherwise. */
  public static TrainingOptions defaults() {
    return new TrainingOptions(
        2,
        64,
        100,
        16,
        256,
        1,
        null,
        OptimizerKind.ADAMW,
        null,
        1e-3,
        Schedule.CONSTANT,
        0.0,
        1e-4,
        0.9,
        0.999,
        1e-8,
        0.9,
        0.0,
        0.0,
        Sharding.OPTIMIZER,
        Precision.FLOAT32,
        ValidationMetric.LOSS,
        1,
        new CheckpointSpec(null, null, null, null, null));
  }

  /** This specification, with the gaps filled from another. */
  public TrainingOptions orElse(TrainingOptions other) {
    return new TrainingOptions(
        first(TrainingOptions::ranks, other),
        first(TrainingOptions::lanes, other),
        first(TrainingOptions::epochs, other),
        first(TrainingOptions::patience, other),
        first(TrainingOptions::batch, other),
        first(TrainingOptions::accumulate, other),
        first(TrainingOptions::loss, other),
        first(TrainingOptions::optimizer, other),
        first(TrainingOptions::embeddingOptimizer, other),
        first(TrainingOptions::learningRate, other),
        first(TrainingOptions::schedule, other),
        first(TrainingOptions::warmup, other),
        first(TrainingOptions::weightDecay, other),
        first(TrainingOptions::beta1, other),
        first(TrainingOptions::beta2, other),
        first(TrainingOptions::epsilon, other),
        first(TrainingOptions::momentum, other),
        first(TrainingOptions::clipNorm, other),
        first(TrainingOptions::ema, other),
        first(TrainingOptions::sharding, other),
        first(TrainingOptions::gradients, other),
        first(TrainingOptions::metric, other),
        first(TrainingOptions::threads, other),
        first(TrainingOptions::checkpoint, other));
  }

  /** The same on another number of ranks. */
  public TrainingOptions withRanks(int number) {
    return of(number, null, null).orElse(this);
  }

  /** The same with another number of lanes. */
  public TrainingOptions withLanes(int number) {
    return of(null, number, null).orElse(this);
  }

  /** The same with another number of threads. */
  public TrainingOptions withThreads(int number) {
    return of(null, null, number).orElse(this);
  }

  /** The same with something else sharded. */
  public TrainingOptions withSharding(Sharding other) {
    return of(null, null, null, other, null).orElse(this);
  }

  private <T> T first(Function<TrainingOptions, T> field, TrainingOptions other) {
    T own = field.apply(this);
    return own != null ? own : field.apply(other);
  }
}
