package dev.lockstep.distributor.collective;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.Map;

/**
 * A rank's second connection to each rank of another JVM: heartbeats, which say how far it got, and
 * at the end either a farewell or the cause of its failure. A thread of its own reads and writes
 * them, so that a rank deep in its arithmetic is known to be alive.
 */
final class HeartbeatChannel implements AutoCloseable {
  private static final long BEAT_MILLIS = 1000;
  private static final int FRAME = 1 << 10;
  private static final byte HEARTBEAT = 0;
  private static final byte ABORT = 1;
  private static final byte FAREWELL = 2;

  private final Map<Integer, PeerChannel> peers;
  private final Map<Integer, ByteBuffer> incoming;
  private final Vitals[] vitals;
  private final Failure failure;
  private final Vitals own;
  private final long limitNanos;
  private final boolean[] gone;
  private final Selector selector;
  private final Thread thread;
  private volatile boolean closing;

  HeartbeatChannel(
      int self, Map<Integer, PeerChannel> peers, Vitals[] vitals, Failure failure, Duration limit)
      throws IOException {
    this.peers = peers;
    this.incoming =
        peers.keySet().stream()
            .collect(
                java.util.stream.Collectors.toMap(p -> p, p -> ByteBuffer.allocateDirect(FRAME)));
    this.vitals = vitals;
    this.failure = failure;
    this.own = vitals[self];
    this.limitNanos = limit.toNanos();
    this.gone = new boolean[vitals.length];
    this.selector = Selector.open();
    for (Map.Entry<Integer, PeerChannel> peer : peers.entrySet()) {
      peer.getValue().socket().register(selector, SelectionKey.OP_READ, peer.getKey());
    }
    this.thread = new Thread(this::run, "lockstep-control-" + self);
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    long nextBeat = System.nanoTime();
    try {
      while (!closing) {
        selector.select(BEAT_MILLIS / 4);
        for (SelectionKey key : selector.selectedKeys()) {
          receive((Integer) key.attachment());
        }
        selector.selectedKeys().clear();
        // After reading: where this thread had no processor for long, what came is not silence.
        long now = System.nanoTime();
        if (now >= nextBeat) {
          nextBeat = now + BEAT_MILLIS * 1_000_000;
          beat();
        }
      }
    } catch (IOException | ClosedSelectorException e) {
      if (!closing) {
        throw new IllegalStateException("watching the other ranks failed", e);
      }
    }
  }

  private void beat() {
    ByteBuffer frame = frame(HEARTBEAT);
    frame.putLong(own.progress()).put((byte) (own.isWaiting() ? 1 : 0)).rewind();
    for (int peer : peers.keySet()) {
      send(peer, frame.duplicate());
      long silent = vitals[peer].silentNanos();
      if (!gone[peer] && silent > limitNanos) {
        lost(peer, "nothing heard of it for " + FailureDetector.seconds(silent) + " s");
      }
    }
  }

  private void lost(int peer, String cause) {
    gone[peer] = true;
    failure.lost(peer, cause);
  }

  private static ByteBuffer frame(byte type) {
    return ByteBuffer.allocateDirect(FRAME).put(type);
  }

  private synchronized void send(int peer, ByteBuffer frame) {
    try {
      // A peer that does not read for so long that 1 KiB a second fills its buffers is silent
      // anyway.
      peers.get(peer).write(frame);
    } catch (IOException e) {
      // Reading finds out why, and whether the peer had said farewell before.
    }
  }

  private void receive(int peer) {
    ByteBuffer frame = incoming.get(peer);
    try {
      while (peers.get(peer).read(frame) > 0 || !frame.hasRemaining()) {
        if (frame.hasRemaining()) {
          return;
        }
        frame.flip();
        handle(peer, frame);
        frame.clear();
      }
    } catch (IOException e) {
      if (!gone[peer]) {
        lost(peer, "its process ended or its connection was cut (" + e.getMessage() + ")");
      }
      SelectionKey key = peers.get(peer).socket().keyFor(selector);
      if (key != null) {
        key.cancel();
      }
    }
  }

  private void handle(int peer, ByteBuffer frame) {
    switch (frame.get()) {
      case HEARTBEAT -> vitals[peer].update(frame.getLong(), frame.get() != 0);
      case ABORT -> {
        int rank = frame.getInt();
        gone[peer] = true;
        failure.lost(rank, Cause.take(frame));
      }
      case FAREWELL -> gone[peer] = true;
      default -> lost(peer, "it sent something that is not known");
    }
  }

  /** Tells the others of the first failure that this rank knows of. */
  void abort(RankLostException first) {
    ByteBuffer frame = frame(ABORT).putInt(first.rank());
    first.cause().put(frame);
    frame.rewind();
    peers.keySet().forEach(peer -> send(peer, frame.duplicate()));
  }

  /** Says farewell, or why not, and lets go. */
  @Override
  public void close() {
    RankLostException first = failure.get();
    if (first != null) {
      abort(first);
    } else {
      ByteBuffer frame = frame(FAREWELL).rewind();
      peers.keySet().forEach(peer -> send(peer, frame.duplicate()));
    }
    closing = true;
    selector.wakeup();
    boolean interrupted = Thread.interrupted();
    try {
      thread.join(BEAT_MILLIS);
      for (PeerChannel peer : peers.values()) {
        peer.close();
      }
      selector.close();
    } catch (IOException e) {
      throw new IllegalStateException("closing a connection failed", e);
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
