package dev.lockstep.distributor.collective;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Collectives by direct exchange: the owner of a shard gets every other rank's values for it, from
 * shared memory or over TCP, and adds them in the order of the ranks. A ring would send as much and
 * add in an order that depends on who sits where.
 */
final class DirectExchange implements Collective {
  /** Up to here every rank sends all to all and adds by itself: one trip instead of two. */
  private static final int DIRECT_BYTES = 32 << 10;

  /** Values are added in parts of this size, while the next arrive: they stay in the L2 cache. */
  private static final int PART_BYTES = 256 << 10;

  private final int rank;
  private final int worldSize;
  private final LocalGroup group;
  private final List<Integer> locals;
  private final TcpTransport transport;
  private final HeartbeatChannel heartbeats;
  private final FailureDetector detector;
  private final OrderedSum sum = new OrderedSum();
  private final Bfloat16 half = new Bfloat16();
  private final ByteBuffer[] staging;
  private final OrderedSum.Source[] sources;
  private final int[] offsets;
  private final ByteBuffer one =
      ByteBuffer.allocateDirect(Float.BYTES).order(ByteOrder.nativeOrder());
  private ByteBuffer scratch = ByteBuffer.allocateDirect(0);
  private boolean closed;

  DirectExchange(
      int rank,
      int worldSize,
      LocalGroup group,
      List<Integer> locals,
      TcpTransport transport,
      HeartbeatChannel heartbeats,
      FailureDetector detector) {
    this.rank = rank;
    this.worldSize = worldSize;
    this.group = group;
    this.locals = new ArrayList<>(locals);
    this.transport = transport;
    this.heartbeats = heartbeats;
    this.detector = detector;
    this.staging = new ByteBuffer[worldSize];
    this.sources = new OrderedSum.Source[worldSize];
    this.offsets = new int[worldSize];
  }

  @Override
  public int rank() {
    return rank;
  }

  @Override
  public int worldSize() {
    return worldSize;
  }

  @Override
  public void allReduce(ByteBuffer values, Precision sent) {
    int bytes = values.remaining();
    if (sent == Precision.BFLOAT16) {
      reduceScatter(values, sent);
      allGatherHalf(values);
    } else if (bytes * (long) (worldSize - 1) <= DIRECT_BYTES) {
      together(values, this::addEverything);
    } else {
      reduceScatter(values);
      allGather(values);
    }
  }

  @Override
  public void reduceScatter(ByteBuffer values, List<Shard> shards, Precision sent) {
    if (sent == Precision.FLOAT32 || worldSize == 1) {
      together(values, mine -> addShard(mine, shards, mine.asFloatBuffer(), sent));
      return;
    }
    // What the others read, over TCP or in this JVM, is the same rounded values.
    ByteBuffer mine = values.slice().order(ByteOrder.nativeOrder());
    int floats = mine.remaining() / Float.BYTES;
    ByteBuffer packed = half.memory(floats);
    half.pack(mine, new Shard(0, floats));
    together(packed, rounded -> addShard(rounded, shards, mine.asFloatBuffer(), sent));
  }

  /** Gives every rank every rank's shard, rounded; its owner goes on with the rounded one too. */
  private void allGatherHalf(ByteBuffer values) {
    if (worldSize == 1) {
      return;
    }
    ByteBuffer mine = values.slice().order(ByteOrder.nativeOrder());
    int floats = mine.remaining() / Float.BYTES;
    ByteBuffer packed = half.memory(floats);
    half.pack(mine, shard(floats));
    List<Shard> shards = Shard.all(floats, worldSize);
    together(packed, rounded -> copyShards(rounded, shards, Precision.BFLOAT16));
    half.unpack(mine, new Shard(0, floats));
  }

  @Override
  public void allGather(ByteBuffer values, List<Shard> shards) {
    together(values, mine -> copyShards(mine, shards, Precision.FLOAT32));
  }

  @Override
  public void broadcast(ByteBuffer values, int root) {
    together(values, mine -> copyFrom(mine, root));
  }

  @Override
  public void allToAll(ByteBuffer sent, ByteBuffer received, int[][] bytes) {
    ByteBuffer target = received.slice();
    int at = start(bytes, rank, rank);
    target.put(into(bytes, rank), sent.slice(), at, bytes[rank][rank]);
    together(sent, mine -> exchangeParts(mine, target, bytes));
  }

  /** Where a rank's part begins for another, in what it sends. */
  private static int start(int[][] bytes, int from, int to) {
    int at = 0;
    for (int other = 0; other < to; other++) {
      at = Math.addExact(at, bytes[from][other]);
    }
    return at;
  }

  /** Where a rank's part begins, in what this rank receives. */
  private int into(int[][] bytes, int from) {
    int at = 0;
    for (int other = 0; other < from; other++) {
      at = Math.addExact(at, bytes[other][rank]);
    }
    return at;
  }

  private void exchangeParts(ByteBuffer mine, ByteBuffer target, int[][] bytes) {
    for (int peer : transport.peers()) {
      transport.send(peer, mine.slice(start(bytes, rank, peer), bytes[rank][peer]));
      transport.receive(peer, target.slice(into(bytes, peer), bytes[peer][rank]));
    }
    for (int other : locals) {
      ByteBuffer shown = group.shown(other);
      target.put(into(bytes, other), shown, start(bytes, other, rank), bytes[other][rank]);
    }
    transport.finishReceiving();
    transport.finishSending();
  }

  @Override
  public void barrier() {
    one.putFloat(0, 0);
    together(one, this::addEverything);
  }

  private interface Work {
    void run(ByteBuffer mine);
  }

  /**
   * Does the work between a phase in which all local ranks show their buffers and one in which all
   * are done.
   */
  private void together(ByteBuffer values, Work work) {
    if (closed) {
      throw new IllegalStateException("expected an open collective");
    }
    if (worldSize == 1) {
      return;
    }
    detector.failure().check();
    detector.own().setWaiting(true);
    ByteBuffer mine = values.slice().order(ByteOrder.nativeOrder());
    group.show(rank, mine);
    meet();
    work.run(mine);
    meet();
    detector.own().setWaiting(false);
  }

  /** Waits for the ranks of this JVM. */
  private void meet() {
    if (locals.isEmpty()) {
      return;
    }
    long phase = group.arrive(rank);
    for (int other : locals) {
      group.await(other, phase, detector);
    }
  }

  private void addShard(ByteBuffer mine, List<Shard> shards, FloatBuffer target, Precision sent) {
    Shard shard = shards.get(rank);
    for (int peer : transport.peers()) {
      transport.send(peer, part(mine, shards.get(peer), sent));
    }
    for (int at = shard.from(); at < shard.to(); at += PART_BYTES / Float.BYTES) {
      int length = Math.min(PART_BYTES / Float.BYTES, shard.to() - at);
      receive(length * sent.bytes());
      add(mine, at, target, at, length, sent);
    }
    transport.finishSending();
  }

  private void addEverything(ByteBuffer mine) {
    int length = mine.remaining() / Float.BYTES;
    for (int peer : transport.peers()) {
      transport.send(peer, mine.duplicate());
    }
    receive(length * Float.BYTES);
    transport.finishSending();
    if (locals.isEmpty()) {
      add(mine, 0, mine.asFloatBuffer(), 0, length, Precision.FLOAT32);
      return;
    }
    // The local ranks read this buffer too: it may change only when all have added.
    ByteBuffer result = scratch(mine.remaining());
    add(mine, 0, result.asFloatBuffer(), 0, length, Precision.FLOAT32);
    meet();
    mine.put(0, result, 0, mine.remaining());
  }

  /** Fills the staging buffer of each rank of another JVM. */
  private void receive(int bytes) {
    for (int peer : transport.peers()) {
      ByteBuffer stage = staging[peer];
      if (stage == null) {
        stage = ByteBuffer.allocateDirect(PART_BYTES).order(ByteOrder.nativeOrder());
        staging[peer] = stage;
      }
      transport.receive(peer, stage.clear().limit(bytes));
    }
    transport.finishReceiving();
  }

  private void add(
      ByteBuffer mine, int from, FloatBuffer target, int at, int length, Precision sent) {
    for (int other = 0; other < worldSize; other++) {
      boolean remote = staging[other] != null;
      ByteBuffer source = other == rank ? mine : remote ? staging[other] : group.shown(other);
      // A view: the staging buffer itself must stay full, or the transport would read on into it.
      sources[other] = sent == Precision.BFLOAT16 ? Bfloat16.source(source) : floats(source);
      offsets[other] = remote ? 0 : from;
    }
    sum.add(sources, offsets, target, at, length);
  }

  private static OrderedSum.Source floats(ByteBuffer source) {
    FloatBuffer values = source.duplicate().clear().order(ByteOrder.nativeOrder()).asFloatBuffer();
    return (at, into, count) -> values.get(at, into, 0, count);
  }

  private void copyShards(ByteBuffer mine, List<Shard> shards, Precision sent) {
    for (int peer : transport.peers()) {
      transport.send(peer, part(mine, shards.get(rank), sent));
      transport.receive(peer, part(mine, shards.get(peer), sent));
    }
    for (int other : locals) {
      Shard shard = shards.get(other);
      int from = shard.from() * sent.bytes();
      mine.put(from, group.shown(other), from, shard.length() * sent.bytes());
    }
    transport.finishReceiving();
    transport.finishSending();
  }

  private void copyFrom(ByteBuffer mine, int root) {
    if (rank == root) {
      for (int peer : transport.peers()) {
        transport.send(peer, mine.duplicate());
      }
      transport.finishSending();
    } else if (locals.contains(root)) {
      mine.put(0, group.shown(root), 0, mine.remaining());
    } else {
      transport.receive(root, mine.duplicate());
      transport.finishReceiving();
    }
  }

  private static ByteBuffer part(ByteBuffer values, Shard shard, Precision sent) {
    return values.slice(shard.from() * sent.bytes(), shard.length() * sent.bytes());
  }

  private ByteBuffer scratch(int bytes) {
    if (scratch.capacity() < bytes) {
      scratch = ByteBuffer.allocateDirect(DIRECT_BYTES).order(ByteOrder.nativeOrder());
    }
    return scratch;
  }

  @Override
  public void progress() {
    detector.own().advance();
  }

  @Override
  public void abort(Cause cause) {
    detector.failure().lost(rank, cause);
    heartbeats.abort(detector.failure().get());
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    heartbeats.close();
    group.show(rank, null);
    group.leave();
    try {
      transport.close();
    } catch (IOException e) {
      throw new IllegalStateException("closing a connection failed", e);
    }
  }
}
