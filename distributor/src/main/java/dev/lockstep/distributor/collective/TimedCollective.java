package dev.lockstep.distributor.collective;

import java.nio.ByteBuffer;
import java.util.List;

/** Counts the time that a rank spends in collectives, waiting for the others included. */
public final class TimedCollective implements Collective {
  private final Collective inner;
  private long nanos;

  /** Counts the time of another collective. */
  public TimedCollective(Collective inner) {
    this.inner = inner;
  }

  /** Time spent so far. */
  public long nanos() {
    return nanos;
  }

  private void timed(Runnable call) {
    long from = System.nanoTime();
    call.run();
    nanos += System.nanoTime() - from;
  }

  @Override
  public int rank() {
    return inner.rank();
  }

  @Override
  public int worldSize() {
    return inner.worldSize();
  }

  @Override
  public void allReduce(ByteBuffer values, Precision sent) {
    timed(() -> inner.allReduce(values, sent));
  }

  @Override
  public void reduceScatter(ByteBuffer values, List<Shard> shards, Precision sent) {
    timed(() -> inner.reduceScatter(values, shards, sent));
  }

  @Override
  public void allGather(ByteBuffer values, List<Shard> shards) {
    timed(() -> inner.allGather(values, shards));
  }

  @Override
  public void broadcast(ByteBuffer values, int root) {
    timed(() -> inner.broadcast(values, root));
  }

  @Override
  public void allToAll(ByteBuffer sent, ByteBuffer received, int[][] bytes) {
    timed(() -> inner.allToAll(sent, received, bytes));
  }

  @Override
  public void barrier() {
    timed(inner::barrier);
  }

  @Override
  public void progress() {
    inner.progress();
  }

  @Override
  public void abort(Cause cause) {
    inner.abort(cause);
  }

  @Override
  public void close() {
    inner.close();
  }
}
