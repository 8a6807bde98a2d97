package dev.lockstep.distributor.collective;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Map;

/**
 * The data connections of a rank to the ranks of other JVMs, all served by the rank's own thread:
 * it sends and receives in turns whatever the sockets take and have, so no two ranks can block each
 * other and nothing is handed from thread to thread.
 */
final class TcpTransport implements AutoCloseable {
  private static final long SPIN_NANOS = 30_000;
  private static final long SELECT_MILLIS = 20;

  /** How long a closed connection waits for the other side's own word on why. */
  private static final long LAST_WORDS_MILLIS = 1000;

  private final Map<Integer, PeerChannel> peers;
  private final Selector selector;
  private final FailureDetector detector;
  private final ByteBuffer[] sending;
  private final ByteBuffer[] receiving;

  TcpTransport(Map<Integer, PeerChannel> peers, int worldSize, FailureDetector detector)
      throws IOException {
    this.peers = peers;
    this.detector = detector;
    this.sending = new ByteBuffer[worldSize];
    this.receiving = new ByteBuffer[worldSize];
    this.selector = Selector.open();
    for (Map.Entry<Integer, PeerChannel> peer : peers.entrySet()) {
      peer.getValue().socket().register(selector, 0, peer.getKey());
    }
  }

  /** Ranks of other JVMs. */
  Iterable<Integer> peers() {
    return peers.keySet();
  }

  boolean isEmpty() {
    return peers.isEmpty();
  }

  /** Has the buffer's rest sent; it must stay as it is until {@link #finishSending}. */
  void send(int peer, ByteBuffer values) {
    sending[peer] = values;
  }

  /** Has the buffer's rest filled. */
  void receive(int peer, ByteBuffer values) {
    receiving[peer] = values;
  }

  /** Returns when all buffers to be filled are full; sends meanwhile. */
  void finishReceiving() {
    finish(false);
  }

  /** Returns when all buffers to be sent have been given to the sockets. */
  void finishSending() {
    finish(true);
  }

  private void finish(boolean sends) {
    long idleSince = 0;
    while (true) {
      boolean done = true;
      boolean moved = false;
      for (Map.Entry<Integer, PeerChannel> entry : peers.entrySet()) {
        int peer = entry.getKey();
        try {
          moved |= write(entry.getValue(), sending[peer]);
          moved |= read(entry.getValue(), receiving[peer]);
          boolean sent = sent(entry.getValue(), sending[peer]);
          done &= sends ? sent : !pending(receiving[peer]);
        } catch (IOException e) {
          throw lost(peer, e);
        }
      }
      if (done) {
        return;
      }
      if (moved) {
        detector.own().advance();
        idleSince = 0;
      } else if (idleSince == 0) {
        idleSince = System.nanoTime();
      } else if (System.nanoTime() - idleSince > SPIN_NANOS) {
        select();
      }
    }
  }

  private static boolean pending(ByteBuffer buffer) {
    return buffer != null && buffer.hasRemaining();
  }

  private static boolean sent(PeerChannel channel, ByteBuffer buffer) throws IOException {
    return !pending(buffer) && channel.flush();
  }

  private static boolean write(PeerChannel channel, ByteBuffer buffer) throws IOException {
    return pending(buffer) && channel.write(buffer) > 0;
  }

  private static boolean read(PeerChannel channel, ByteBuffer buffer) throws IOException {
    return pending(buffer) && channel.read(buffer) > 0;
  }

  private void select() {
    try {
      int awaited = -1;
      for (Map.Entry<Integer, PeerChannel> entry : peers.entrySet()) {
        int peer = entry.getKey();
        boolean writes = !sent(entry.getValue(), sending[peer]);
        boolean reads = pending(receiving[peer]);
        SelectionKey key = entry.getValue().socket().keyFor(selector);
        key.interestOps((writes ? SelectionKey.OP_WRITE : 0) | (reads ? SelectionKey.OP_READ : 0));
        if (writes || reads) {
          awaited = peer;
          detector.check(peer);
        }
      }
      selector.select(SELECT_MILLIS);
      selector.selectedKeys().clear();
      if (awaited < 0) {
        throw new IllegalStateException("expected to wait for somebody");
      }
    } catch (IOException e) {
      throw new IllegalStateException("waiting for the other ranks failed", e);
    }
  }

  /** A closed connection is seldom the cause: another rank may have failed first and said so. */
  private RankLostException lost(int peer, IOException e) {
    detector.check(peer);
    long until = System.nanoTime() + LAST_WORDS_MILLIS * 1_000_000;
    while (System.nanoTime() < until && detector.failure().get() == null) {
      java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
    }
    detector.failure().lost(peer, "its connection was closed (" + e.getMessage() + ")");
    detector.failure().check();
    throw new IllegalStateException("expected a failure", e);
  }

  @Override
  public void close() throws IOException {
    selector.close();
    for (PeerChannel peer : peers.values()) {
      peer.close();
    }
  }
}
