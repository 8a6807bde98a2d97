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
import dev.lockstep.models.Loss;
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
  private final Optimizer optimizer;
  private final Gradients gradients;
  private final Update update;
  private final Inference inference;
  private final int parts;

  /**
   * How a step is taken.
   *
   * @param parts in how many parts a rank's rows go through the network, to save memory
   * @param sharded whether each rank updates only its shard of the parameters (ZeRO-1)
   * @param gradients how gradients travel between ranks
   * @param clipNorm largest norm of the gradient; 0 for no clipping
   */
  public record Options(int parts, boolean sharded, Precision gradients, double clipNorm) {}

  /**
   * A replica.
   *
   * @param manager owns the network; closed with this
   * @param block the network, initialised
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
    this.parameters = new FlatParameters(block, manager);
    this.embeddings = embeddings;
    this.optimizer = optimizer.apply(parameters);
    this.gradients =
        new Gradients(block, parameters, loss, inputs, embeddings, collective, seed, manager);
    this.inference = new Inference(block, parameters, loss, inputs, embeddings, manager);
    this.update =
        new Update(
            collective,
            parameters,
            this.optimizer,
            options.sharded(),
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

  /**
   * The network; its own arrays are those before training until {@link FlatParameters#writeBack}.
   */
  public Block block() {
    return block;
  }

  /** What is trained, and the network's buffers. */
  public FlatParameters parameters() {
    return parameters;
  }

  /** The rows of sharded tables that this rank owns; empty where the network has none. */
  public Optional<ShardedEmbeddings> embeddings() {
    return embeddings;
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
    gradients.close();
    parameters.close();
    manager.close();
  }
}
