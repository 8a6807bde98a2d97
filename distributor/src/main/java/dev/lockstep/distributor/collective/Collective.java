package dev.lockstep.distributor.collective;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * What the ranks of a job do together. Every rank makes the same calls in the same order with
 * buffers of the same length; a call returns when this rank's part is done.
 *
 * <p>A buffer is direct, in native byte order, and holds float32 values from its position to its
 * limit, which a call leaves as they were; it is usually the memory of a tensor. Sums add the
 * ranks' values in the order of the ranks, whatever the transport and the timing, so their bits
 * depend on the values and the world size alone.
 *
 * <p>Not safe for use by several threads. Every wait ends: with {@link RankLostException} as soon
 * as another rank has failed, left or gone silent.
 */
public interface Collective extends AutoCloseable {
  /** This rank, in {@code [0, worldSize)}. */
  int rank();

  /** Number of ranks. */
  int worldSize();

  /**
   * Replaces every rank's values by their sum over the ranks.
   *
   * @param sent how the values, and then their sum, travel; a single rank's stay as they are
   */
  void allReduce(ByteBuffer values, Precision sent);

  /** As {@link #allReduce(ByteBuffer, Precision)}, in float32. */
  default void allReduce(ByteBuffer values) {
    allReduce(values, Precision.FLOAT32);
  }

  /**
   * Replaces this rank's shard of the values by its sum over the ranks; what the buffer holds
   * outside the shard is undefined afterwards.
   *
   * @param shards the ranks' parts of the values, the same on every rank; one may be empty
   * @param sent how the values travel; a rank's own are rounded as if they did
   */
  void reduceScatter(ByteBuffer values, List<Shard> shards, Precision sent);

  /** As {@link #reduceScatter(ByteBuffer, List, Precision)}, in equal {@link Shard}s. */
  default void reduceScatter(ByteBuffer values, Precision sent) {
    reduceScatter(values, Shard.all(values.remaining() / Float.BYTES, worldSize()), sent);
  }

  /** As {@link #reduceScatter(ByteBuffer, Precision)}, in float32. */
  default void reduceScatter(ByteBuffer values) {
    reduceScatter(values, Precision.FLOAT32);
  }

  /**
   * Gives every rank every rank's shard of the values.
   *
   * @param shards the ranks' parts of the values, the same on every rank; one may be empty
   */
  void allGather(ByteBuffer values, List<Shard> shards);

  /** As {@link #allGather(ByteBuffer, List)}, in equal {@link Shard}s. */
  default void allGather(ByteBuffer values) {
    allGather(values, Shard.all(values.remaining() / Float.BYTES, worldSize()));
  }

  /** Gives every rank the values of one. */
  void broadcast(ByteBuffer values, int root);

  /**
   * Gives every rank a part of every rank's buffer, bit by bit.
   *
   * @param sent direct; this rank's parts for all ranks, itself included, in the order of the ranks
   * @param received direct; takes the ranks' parts for this one, in their order
   * @param bytes {@code bytes[from][to]}: how much travels, the same on every rank
   */
  void allToAll(ByteBuffer sent, ByteBuffer received, int[][] bytes);

  /** Returns when all ranks have called it. */
  void barrier();

  /**
   * Says that this rank is alive and getting on, so that the others go on waiting for it; the calls
   * above say so by themselves.
   */
  void progress();

  /**
   * Tells the other ranks that this one has failed, and why; their calls throw {@link
   * RankLostException}.
   */
  void abort(Cause cause);

  /** The part of a buffer of {@code length} floats that this rank owns. */
  default Shard shard(int length) {
    return Shard.of(length, rank(), worldSize());
  }

  /** Leaves the job; the others must not be waiting for this rank any more. */
  @Override
  void close();
}
