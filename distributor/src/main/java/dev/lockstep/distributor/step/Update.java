package dev.lockstep.distributor.step;

import dev.lockstep.distributor.collective.Collective;
import dev.lockstep.distributor.collective.Precision;
import dev.lockstep.distributor.collective.Shard;
import dev.lockstep.distributor.embedding.ShardedEmbeddings;
import dev.lockstep.distributor.optimizer.Optimizer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Optional;

/**
 * From the ranks' gradients to new parameters, the same on every rank. Sharded, a rank updates its
 * slice of the parameters and holds the optimizer's state for that slice alone (ZeRO stage 1:
 * Rajbhandari et al., SC 2020); otherwise every rank updates all of them. Both give the same bits,
 * unless gradients travel as bfloat16: then their sum does too, where it is not sharded.
 */
public final class Update {
  private final Collective collective;
  private final FlatParameters parameters;
  private final Optimizer optimizer;
  private final boolean sharded;
  private final Precision gradients;
  private final double clipNorm;
  private final Optional<ShardedEmbeddings> embeddings;
  private final ByteBuffer small;

  /**
   * An update.
   *
   * @param optimizer updates the rank's shard, or everything if not sharded
   * @param sharded whether each rank updates its shard alone; the same on all ranks, also where one
   *     rank's shard happens to be everything
   * @param gradients how gradients travel between ranks
   * @param clipNorm largest norm of the mean gradient, infinite for no clipping
   * @param embeddings the network's sharded tables; empty where it has none
   */
  public Update(
      Collective collective,
      FlatParameters parameters,
      Optimizer optimizer,
      boolean sharded,
      Precision gradients,
      double clipNorm,
      Optional<ShardedEmbeddings> embeddings) {
    this.collective = collective;
    this.parameters = parameters;
    this.optimizer = optimizer;
    this.sharded = sharded;
    this.gradients = gradients;
    this.clipNorm = clipNorm;
    this.embeddings = embeddings;
    this.small =
        ByteBuffer.allocateDirect((collective.worldSize() + 1) * Float.BYTES)
            .order(ByteOrder.nativeOrder());
  }

  /**
   * One step of all ranks.
   *
   * @param gradient this rank's sum of weighted gradients; overwritten
   * @param weight sum of all ranks' weights
   * @param rate learning rate
   */
  public void apply(ByteBuffer gradient, double weight, double rate) {
    if (sharded) {
      collective.reduceScatter(gradient, gradients);
    } else {
      collective.allReduce(gradient, gradients);
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
    if (sharded) {
      collective.allGather(values);
    }
  }

  /**
   * The squared norm of the summed gradient: shard by shard, then over the shards in the order of
   * the ranks, so that sharded or not it has the same bits.
   */
  private double squaredNorm(FloatBuffer sums) {
    FloatBuffer ofShards = small.asFloatBuffer();
    for (int rank = 0; rank < collective.worldSize(); rank++) {
      boolean mine = !sharded || rank == collective.rank();
      Shard shard = Shard.of(sums.limit(), rank, collective.worldSize());
      ofShards.put(rank, mine ? (float) squaredNorm(sums, shard) : 0);
    }
    if (sharded) {
      collective.allReduce(small);
    }
    double total = 0;
    for (int rank = 0; rank < collective.worldSize(); rank++) {
      total += ofShards.get(rank);
    }
    return embeddings.isPresent() ? total + embeddings.get().squaredNorm() : total;
  }

  private static double squaredNorm(FloatBuffer values, Shard shard) {
    float[] block = new float[4096];
    double sum = 0;
    for (int at = shard.from(); at < shard.to(); at += block.length) {
      int length = Math.min(block.length, shard.to() - at);
      values.get(at, block, 0, length);
      // Four sums, so that the additions do not wait for each other.
      double a = 0;
      double b = 0;
      double c = 0;
      double d = 0;
      int i = 0;
      for (; i + 3 < length; i += 4) {
        a += (double) block[i] * block[i];
        b += (double) block[i + 1] * block[i + 1];
        c += (double) block[i + 2] * block[i + 2];
        d += (double) block[i + 3] * block[i + 3];
      }
      for (; i < length; i++) {
        a += (double) block[i] * block[i];
      }
      sum += (a + b) + (c + d);
    }
    return sum;
  }
}
