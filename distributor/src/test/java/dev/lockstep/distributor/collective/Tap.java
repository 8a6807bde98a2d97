package dev.lockstep.distributor.collective;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stands between two ranks, passes on what they send each other, and keeps a copy of it. */
final class Tap implements AutoCloseable {
  private final ServerSocket listener;
  private final List<ByteArrayOutputStream> copies = new CopyOnWriteArrayList<>();
  private volatile int target;

  Tap() throws IOException {
    listener = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
    daemon(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** The port to which connections go on. */
  void to(int port) {
    target = port;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket from = listener.accept();
        Socket to = new Socket(InetAddress.getLoopbackAddress(), target);
        daemon(() -> pass(from, to));
        daemon(() -> pass(to, from));
      } catch (IOException e) {
        return; // Closed.
      }
    }
  }

  private void pass(Socket from, Socket to) {
    ByteArrayOutputStream copy = new ByteArrayOutputStream();
    copies.add(copy);
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] chunk = new byte[1 << 16];
      for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
        copy.write(chunk, 0, count);
        out.write(chunk, 0, count);
      }
    } catch (IOException e) {
      // One side has gone; so has the other now.
    }
  }

  /** What went by, a connection and direction each. */
  List<byte[]> captured() {
    return copies.stream().map(ByteArrayOutputStream::toByteArray).toList();
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "tap");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
