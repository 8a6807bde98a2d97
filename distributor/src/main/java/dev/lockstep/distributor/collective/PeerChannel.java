package dev.lockstep.distributor.collective;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A proven connection to another rank; neither reading nor writing blocks. */
abstract sealed class PeerChannel implements AutoCloseable
    permits PeerChannel.Plain, SealedChannel {
  private final SocketChannel socket;

  PeerChannel(SocketChannel socket) {
    this.socket = socket;
  }

  final SocketChannel socket() {
    return socket;
  }

  /** Takes what it can from the buffer and returns how much that was. */
  abstract int write(ByteBuffer source) throws IOException;

  /** Adds what has arrived to the buffer and returns how much that was. */
  abstract int read(ByteBuffer target) throws IOException;

  /** Sends what {@link #write} has taken; true when nothing is left. */
  abstract boolean flush() throws IOException;

  @Override
  public final void close() throws IOException {
    socket.close();
  }

  /** Bytes as they are. */
  static final class Plain extends PeerChannel {
    /** More would push what the other side has sent out of the cache before it is read. */
    private static final int AT_ONCE = 256 << 10;

    Plain(SocketChannel socket) {
      super(socket);
    }

    @Override
    int write(ByteBuffer source) throws IOException {
      int end = source.limit();
      source.limit(Math.min(end, source.position() + AT_ONCE));
      try {
        return socket().write(source);
      } finally {
        source.limit(end);
      }
    }

    @Override
    int read(ByteBuffer target) throws IOException {
      int read = socket().read(target);
      if (read < 0) {
        throw new EOFException("connection closed");
      }
      return read;
    }

    @Override
    boolean flush() {
      return true;
    }
  }
}
