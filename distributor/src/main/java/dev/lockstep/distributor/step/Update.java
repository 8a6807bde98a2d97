package dev.lockstep.distributor.step;

import dev.lockstep.distributor.collective.Collective;
import dev.lockstep.distributor.collective.Precision;
import dev.lockstep.distributor.embedding.ShardedEmbeddings;
import dev.lockstep.distributor.optimizer.Optimizer;
import dev.lockstep.distributor.spec.Sharding;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Optional;

/**
 * From the ranks' gradients to new parameters, the same on every rank. Sharded, a rank updates its
 * part of the parameters and holds the optimizer's state for that part alone (ZeRO: Rajbhandari et
 * al., SC 2020); otherwise every rank updates all of them. All give the same bits, unless gradients
 * travel as bfloat16: then their sum does too, where nothing is sharded.
 */
public final class Update {
  private final Collective collective;
  private final FlatParameters parameters;
  private final Optimizer optimizer;
  private final Sharding sharding;
  private final Precision gradients;
  private final double clipNorm;
  private final Optional<ShardedEmbeddings> embeddings;
  private final GradientNorm norm;

  /**
   * An update.
   *
   * @param optimizer updates the rank's part, or everything where nothing is sharded
   * @param sharding what is sharded; the same on all ranks, also where one rank's part happens to
   *     be everything
   * @param gradients how gradients travel between ranks
   * @param clipNorm largest norm of the mean gradient, infinite for no clipping
   * @param embeddings the network's sharded tables; empty where it has none
   */
  public Update(
      Collective collective,
      FlatParameters parameters,
      Optimizer optimizer,
      Sharding sharding,
      Precision gradients,
      double clipNorm,
      Optional<ShardedEmbeddings> embeddings) {
    this.collective = collective;
    this.parameters = parameters;
    this.optimizer = optimizer;
    this.sharding = sharding;
    this.gradients = gradients;
    this.clipNorm = clipNorm;
    this.embeddings = embeddings;
    this.norm = new GradientNorm(collective);
  }

  /**
   * One step of all ranks.
   *
   * @param gradient this rank's sum of weighted gradients, overwritten; with sharded parameters its
   *     part of the sum over all ranks
   * @param weight sum of all ranks' weights
   * @param rate learning rate
   */
  public void apply(ByteBuffer gradient, double weight, double rate) {
    switch (sharding) {
      case NONE -> collective.allReduce(gradient, gradients);
      case OPTIMIZER -> collective.reduceScatter(gradient, gradients);
      case FULL -> {} // Each unit's was summed when backward left it.
    }
    FloatBuffer sums = gradient.order(ByteOrder.nativeOrder()).asFloatBuffer();
    double scale = 1 / weight;
    if (Double.isFinite(clipNorm)) {
      scale *= Math.min(1, clipNorm / (Math.sqrt(squaredNorm(sums)) * scale + 1e-6));
    }
    if (embeddings.isPresent()) {
      embeddings.get().update((float) scale, rate);
    }
    ByteBuffer values = parameters.values();
    optimizer.step(values.asFloatBuffer(), sums, (float) scale, rate);
    if (sharding == Sharding.OPTIMIZER) {
      collective.allGather(values);
    }
  }

  private double squaredNorm(FloatBuffer sums) {
    double total =
        switch (sharding) {
          case NONE -> norm.ofAll(sums);
          case OPTIMIZER -> norm.ofShards(sums);
          case FULL -> norm.ofUnits(parameters.units().orElseThrow(), sums);
        };
    return embeddings.isPresent() ? total + embeddings.get().squaredNorm() : total;
  }
}
