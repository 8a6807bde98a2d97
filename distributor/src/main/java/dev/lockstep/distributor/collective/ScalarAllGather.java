package dev.lockstep.distributor.collective;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;

/** Small exact exchanges between ranks: doubles travel as bits, not as sums. */
public final class ScalarAllGather {
  /** A shard of the collective's begins at a multiple of so many doubles. */
  private static final int ALIGNMENT = 8;

  private final Collective collective;
  private ByteBuffer memory = ByteBuffer.allocateDirect(0);

  /** Exchanges over a collective. */
  public ScalarAllGather(Collective collective) {
    this.collective = collective;
  }

  /** Every rank's values, in the order of the ranks; all ranks give equally many. */
  public double[][] gather(double... mine) {
    int slot = (mine.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    int world = collective.worldSize();
    int bytes = world * slot * Double.BYTES;
    if (memory.capacity() < bytes) {
      memory = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }
    memory.clear().limit(bytes);
    DoubleBuffer values = memory.asDoubleBuffer();
    values.put(collective.rank() * slot, mine);
    collective.allGather(memory);
    double[][] all = new double[world][mine.length];
    for (int rank = 0; rank < world; rank++) {
      values.get(rank * slot, all[rank]);
    }
    return all;
  }

  /** One value a lane, from the ranks that own the lanes, in the order of the lanes. */
  public double[] gatherLanes(double[] mine, int lanes) {
    int largest = (lanes + collective.worldSize() - 1) / collective.worldSize();
    double[] padded = java.util.Arrays.copyOf(mine, largest + 1);
    padded[largest] = mine.length;
    double[] all = new double[lanes];
    int lane = 0;
    for (double[] ofRank : gather(padded)) {
      int own = (int) ofRank[largest];
      System.arraycopy(ofRank, 0, all, lane, own);
      lane += own;
    }
    return all;
  }
}
