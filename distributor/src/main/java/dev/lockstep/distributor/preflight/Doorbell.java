package dev.lockstep.distributor.preflight;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Says at a port who is there, and asks others who they are. */
final class Doorbell implements AutoCloseable {
  private static final int LIMIT_MILLIS = 5000;

  private final ServerSocketChannel listener;

  /**
   * Who is where.
   *
   * @param name the executor, with its host
   * @param host the address that others are told
   * @param port the port
   */
  record Card(String name, String host, int port) {
    static Card parse(String text) {
      String[] fields = text.split("\n", -1);
      return new Card(fields[0], fields[1], Integer.parseInt(fields[2]));
    }

    @Override
    public String toString() {
      return name + "\n" + host + "\n" + port;
    }
  }

  /** Answers with a name until it is closed; {@code listener} is null where there is none. */
  Doorbell(ServerSocketChannel listener, String name) {
    this.listener = listener;
    if (listener != null) {
      Thread thread = new Thread(() -> answer(name), "lockstep-doctor");
      thread.setDaemon(true);
      thread.start();
    }
  }

  static int port(ServerSocketChannel listener) throws IOException {
    return ((InetSocketAddress) listener.getLocalAddress()).getPort();
  }

  private void answer(String name) {
    while (listener.isOpen()) {
      try (SocketChannel guest = listener.accept()) {
        guest.write(ByteBuffer.wrap(name.getBytes(StandardCharsets.UTF_8)));
      } catch (IOException e) {
        // Closed by us, or a guest that has gone.
      }
    }
  }

  /** What is wrong with the way to another, if anything is. */
  Optional<String> ring(Card other) {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(LIMIT_MILLIS);
      socket.connect(new InetSocketAddress(other.host(), other.port()), LIMIT_MILLIS);
      String name = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return name.equals(other.name())
          ? Optional.empty()
          : Optional.of("somebody else answers at %s:%d".formatted(other.host(), other.port()));
    } catch (IOException e) {
      return Optional.of(
          "cannot reach %s at %s:%d: %s"
              .formatted(other.name(), other.host(), other.port(), FolderCheck.reason(e)));
    }
  }

  @Override
  public void close() {
    if (listener != null) {
      try {
        listener.close();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }
}
