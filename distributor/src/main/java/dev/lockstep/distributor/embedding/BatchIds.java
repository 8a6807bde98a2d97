package dev.lockstep.distributor.embedding;

import dev.lockstep.data.encoded.RowOrder;
import dev.lockstep.models.EmbeddingLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.Arrays;

/**
 * The distinct ids of a batch, the ranks' that own them one after another, each rank's in the order
 * in which the batch has them first; and which of them each place of the batch has.
 */
final class BatchIds {
  private final EmbeddingLayout layout;
  private final int[] owners;
  private final int[] ofRank;
  private int count;
  private long[] distinct = new long[0];
  private int[] ranks = new int[0];
  private int[] order = new int[0];
  private int[] places = new int[0];
  private ByteBuffer ids = ByteBuffer.allocateDirect(0);
  private ByteBuffer positions = ByteBuffer.allocateDirect(0);

  /** A hash table of places in {@link #distinct}, which is empty again in each new round. */
  private int[] slots = new int[0];

  private int[] rounds = new int[0];
  private int round;

  BatchIds(EmbeddingLayout layout, int worldSize) {
    this.layout = layout;
    this.ofRank = new int[worldSize];
    this.owners = new int[EmbeddingLayout.LANES];
    for (int rank = 0; rank < worldSize; rank++) {
      int from = RowOrder.firstLane(rank, EmbeddingLayout.LANES, worldSize);
      int to = RowOrder.firstLane(rank + 1, EmbeddingLayout.LANES, worldSize);
      Arrays.fill(owners, from, to, rank);
    }
  }

  /**
   * Finds the ids of a batch.
   *
   * @param categorical {@code [rows, features]} int32, from its position
   */
  void find(IntBuffer categorical, int rows) {
    int features = layout.features();
    int all = rows * features;
    ensure(all);
    Arrays.fill(ofRank, 0);
    count = 0;
    round++;
    int mask = slots.length - 1;
    for (int i = 0; i < all; i++) {
      long id = layout.id(i % features, categorical.get(categorical.position() + i));
      int at = EmbeddingLayout.hash(id) & mask;
      while (rounds[at] == round && distinct[slots[at]] != id) {
        at = (at + 1) & mask;
      }
      if (rounds[at] != round) {
        rounds[at] = round;
        slots[at] = count;
        distinct[count] = id;
        int owner = owners[EmbeddingLayout.lane(id)];
        ranks[count++] = owner;
        ofRank[owner]++;
      }
      places[i] = slots[at];
    }
    arrange(all);
  }

  private void ensure(int all) {
    if (places.length >= all) {
      return;
    }
    distinct = new long[all];
    ranks = new int[all];
    order = new int[all];
    places = new int[all];
    ids = ByteBuffer.allocateDirect(all * Long.BYTES).order(ByteOrder.nativeOrder());
    positions = ByteBuffer.allocateDirect(all * Integer.BYTES).order(ByteOrder.nativeOrder());
    slots = new int[Integer.highestOneBit(Math.max(1, all)) * 4];
    rounds = new int[slots.length];
    round = 0;
  }

  /** Puts the ranks' ids one after another. */
  private void arrange(int all) {
    int[] next = new int[ofRank.length];
    for (int rank = 1; rank < next.length; rank++) {
      next[rank] = next[rank - 1] + ofRank[rank - 1];
    }
    ids.clear().limit(count * Long.BYTES);
    for (int i = 0; i < count; i++) {
      order[i] = next[ranks[i]]++;
      ids.putLong(order[i] * Long.BYTES, distinct[i]);
    }
    positions.clear().limit(all * Integer.BYTES);
    for (int i = 0; i < all; i++) {
      positions.putInt(i * Integer.BYTES, order[places[i]]);
    }
  }

  /** Number of distinct ids. */
  int count() {
    return count;
  }

  /** How many of them each rank owns. */
  int[] ofRank() {
    return ofRank;
  }

  /** The distinct ids, int64. */
  ByteBuffer ids() {
    return ids;
  }

  /** {@code [rows, features]} int32: the place of each among the distinct ids. */
  ByteBuffer positions() {
    return positions;
  }
}
