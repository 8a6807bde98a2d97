package dev.lockstep.distributor.step;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import dev.lockstep.distributor.collective.Collective;
import dev.lockstep.distributor.collective.Precision;
import dev.lockstep.distributor.collective.ScalarAllGather;
import dev.lockstep.distributor.embedding.ShardedEmbeddings;
import dev.lockstep.distributor.optimizer.Optimizer;
import dev.lockstep.distributor.rows.Batch;
import dev.lockstep.distributor.rows.BatchReader;
import dev.lockstep.distributor.spec.Sharding;
import dev.lockstep.models.Loss;
import dev.lockstep.models.Weights;
import java.util.Optional;
import java.util.function.Function;

/**
 * A rank's replica of the network, and the step of synchronous data-parallel training that keeps
 * all replicas equal: each rank's gradient over its rows of the batch, the sum over all ranks, one
 * update (Goyal et al., "Accurate, Large Minibatch SGD", 2017, section 3). The ranks add up
 * gradients of weighted sums of losses and divide once by the sum of weights, so that the step is
 * exact where ranks have unequal parts.
 */
public final class TrainingStep implements AutoCloseable {
  private final NDManager manager;
  private final Block block;
  private final ScalarAllGather scalars;
  private final FlatParameters parameters;
  private final Optional<ShardedEmbeddings> embeddings;
  private final Optional<UnitMemory> units;
  private final Optimizer optimizer;
  private final Gradients gradients;
  private final Update update;
  private final Inference inference;
  private final int parts;

  /**
   * How a step is taken.
   *
   * @param parts in how many parts a rank's rows go through the network, to save memory
   * @param sharding what is sharded over the ranks
   * @param gradients how gradients travel between ranks
   * @param clipNorm largest norm of the gradient; 0 for no clipping
   * @param gathersAhead whether sharded parameters of the next unit are gathered while one
   *     computes; the same on all ranks
   */
  public record Options(
      int parts, Sharding sharding, Precision gradients, double clipNorm, boolean gathersAhead) {}

  /**
   * A replica.
   *
   * @param manager owns the network; closed with this
   * @param block the network, whose parameters have their shapes; their values, 0 at first, are in
   *     {@link #parameters}
   * @param inputs number of its numeric and categorical inputs
   * @param seed seed of dropout
   * @param embeddings the network's sharded tables; empty where it has none
   * @param optimizer makes the optimizer of these parameters
   */
  public TrainingStep(
      NDManager manager,
      Block block,
      Loss loss,
      Gradients.Inputs inputs,
      long seed,
      Options options,
      Collective collective,
      Optional<ShardedEmbeddings> embeddings,
      Function<FlatParameters, Optimizer> optimizer) {
    this.manager = manager;
    this.block = block;
    this.parts = options.parts();
    this.scalars = new ScalarAllGather(collective);
    boolean full = options.sharding() == Sharding.FULL;
    this.parameters =
        full
            ? FlatParameters.sharded(block, manager, collective.rank(), collective.worldSize())
            : FlatParameters.whole(block, manager);
    this.units =
        full
            ? Optional.of(
                new UnitMemory(
                    parameters,
                    collective,
                    options.gradients(),
                    options.parts(),
                    options.gathersAhead(),
                    manager))
            : Optional.empty();
    this.embeddings = embeddings;
    this.optimizer = optimizer.apply(parameters);
    this.gradients =
        new Gradients(
            block, parameters, loss, inputs, embeddings, units, collective, seed, manager);
    this.inference = new Inference(block, parameters, loss, inputs, embeddings, units, manager);
    this.update =
        new Update(
            collective,
            parameters,
            this.optimizer,
            options.sharding(),
            options.gradients(),
            options.clipNorm() == 0 ? Double.POSITIVE_INFINITY : options.clipNorm(),
            embeddings);
  }

  /**
   * Forward, backward, all-reduce, clip, update: one step of all ranks.
   *
   * @param reader gives this rank's rows of the step
   * @param signal what rank 0 tells all ranks with the step's sums; other ranks' is not heard
   * @param rate learning rate
   */
  public StepSums step(BatchReader reader, boolean signal, double rate)
      throws InterruptedException {
    gradients.begin();
    double weight = 0;
    for (int part = 0; part < parts; part++) {
      Batch batch = reader.next();
      gradients.accumulate(batch);
      weight += batch.weightSum();
      reader.giveBack(batch);
    }
    StepSums sums = StepSums.over(scalars, gradients.lossSum(), weight, signal);
    if (sums.weight() > 0) {
      update.apply(gradients.sum(), sums.weight(), rate);
    } else {
      embeddings.ifPresent(ShardedEmbeddings::forget);
    }
    return sums;
  }

  /** The network; it has no values of its own. */
  public Block block() {
    return block;
  }

  /** The values of all parameters; where they are sharded, all ranks ask for them together. */
  public Weights.Source weights() {
    return units.map(UnitMemory::weights).orElse(parameters::values);
  }

  /** What is trained, and the network's buffers. */
  public FlatParameters parameters() {
    return parameters;
  }

  /** The rows of sharded tables that this rank owns; empty where the network has none. */
  public Optional<ShardedEmbeddings> embeddings() {
    return embeddings;
  }

  /**
   * What a rank holds for training, in bytes.
   *
   * @param parameters values of the parameters
   * @param gradients their gradients, when a step is updated
   * @param optimizer the optimizer's state
   * @param units with sharded parameters the largest unit as a whole with its gradient, and the
   *     parameters that belong to no unit with theirs
   */
  public record Memory(long parameters, long gradients, long optimizer, long units) {}

  /** What this rank holds. */
  public Memory memory() {
    long held = (long) parameters.pieces().length() * Float.BYTES;
    long state = (long) optimizer.slice().length() * optimizer.state().length * Float.BYTES;
    long whole = units.map(UnitMemory::wholeGradientBytes).orElse(0L);
    return new Memory(held, held + whole, state, units.map(UnitMemory::unitBytes).orElse(0L));
  }

  /** This rank's optimizer. */
  public Optimizer optimizer() {
    return optimizer;
  }

  /** The network as it is now, for scoring. */
  public Inference inference() {
    return inference;
  }

  @Override
  public void close() {
    units.ifPresent(UnitMemory::close);
    gradients.close();
    parameters.close();
    manager.close();
  }
}
