package dev.lockstep.distributor.step;

import dev.lockstep.distributor.collective.Collective;
import dev.lockstep.distributor.collective.ScalarAllGather;
import dev.lockstep.distributor.collective.Shard;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The squared norm of the summed gradient. Squares are added block by block within each rank's
 * {@link Shard} of all values, then over the shards in the order of the ranks: it has the same bits
 * whatever is sharded.
 */
final class GradientNorm {
  /** Values of a block, but for the last of a shard. */
  private static final int BLOCK = 4096;

  private final Collective collective;
  private final float[] block = new float[BLOCK];
  private final ByteBuffer small;

  /** Where blocks begin, and how their sums travel; made when a unit's are first asked for. */
  private int[] edges;

  private ScalarAllGather exchange;

  GradientNorm(Collective collective) {
    this.collective = collective;
    this.small =
        ByteBuffer.allocateDirect((collective.worldSize() + 1) * Float.BYTES)
            .order(ByteOrder.nativeOrder());
  }

  /** Where blocks begin among so many values, and where the last one ends. */
  static int[] edges(int size, int worldSize) {
    List<Integer> edges = new ArrayList<>();
    for (Shard shard : Shard.all(size, worldSize)) {
      for (int at = shard.from(); at < shard.to(); at += BLOCK) {
        edges.add(at);
      }
    }
    edges.add(size);
    return edges.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Of sums that every rank has. */
  double ofAll(FloatBuffer sums) {
    double total = 0;
    for (Shard shard : Shard.all(sums.limit(), collective.worldSize())) {
      total += (float) squares(sums, shard);
    }
    return total;
  }

  /** Of sums of which every rank has its {@link Shard} alone. */
  double ofShards(FloatBuffer sums) {
    FloatBuffer shards = small.asFloatBuffer();
    for (int rank = 0; rank < collective.worldSize(); rank++) {
      Shard shard = Shard.of(sums.limit(), rank, collective.worldSize());
      shards.put(rank, rank == collective.rank() ? (float) squares(sums, shard) : 0);
    }
    collective.allReduce(small);
    double total = 0;
    for (int rank = 0; rank < collective.worldSize(); rank++) {
      total += shards.get(rank);
    }
    return total;
  }

  /**
   * Of sums of which every rank has its parts of units.
   *
   * @param sums what this rank holds, part after part: whole blocks
   */
  double ofUnits(Units units, FloatBuffer sums) {
    if (edges == null) {
      edges = edges(units.size(), collective.worldSize());
      exchange = new ScalarAllGather(collective);
    }
    double[] own = new double[edges.length - 1];
    int at = 0;
    for (Shard piece : units.pieces().all()) {
      int first = Arrays.binarySearch(edges, piece.from());
      // What does not begin at an edge was added with the piece before.
      int edge = first >= 0 ? first : -first - 1;
      for (; edge < own.length && edges[edge] < piece.to(); edge++) {
        int from = at + edges[edge] - piece.from();
        own[edge] = squares(sums, new Shard(from, from + edges[edge + 1] - edges[edge]));
      }
      at += piece.length();
    }
    double[][] blocks = exchange.gather(own);
    double total = 0;
    for (Shard shard : Shard.all(units.size(), collective.worldSize())) {
      double sum = 0;
      int edge = Arrays.binarySearch(edges, shard.from());
      for (; shard.length() > 0 && edges[edge] < shard.to(); edge++) {
        for (double[] ofRank : blocks) {
          sum += ofRank[edge]; // One owner; the others' is 0.
        }
      }
      total += (float) sum;
    }
    return total;
  }

  private double squares(FloatBuffer values, Shard shard) {
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
