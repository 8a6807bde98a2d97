package dev.lockstep.distributor.collective;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stands between two ranks, passes on what they send each other, and keeps a copy of it. */
public final class Tap implements AutoCloseable {
  private static final int IN_A_ROW = 8;

  private final ServerSocket listener;
  private final List<ByteArrayOutputStream> copies = new CopyOnWriteArrayList<>();
  private volatile int target;

  Tap() throws IOException {
    this("127.0.0.1", 0);
  }

  /** At a port of a loopback address, on the way to the same port of 127.0.0.1. */
  public Tap(String address, int port) throws IOException {
    listener = new ServerSocket();
    listener.setReuseAddress(true);
    listener.bind(new InetSocketAddress(address, port));
    target = port;
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
        try {
          Socket to = new Socket(InetAddress.getLoopbackAddress(), target);
          daemon(() -> pass(from, to));
          daemon(() -> pass(to, from));
        } catch (IOException e) {
          from.close(); // Nobody listens there.
        }
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

  /** How many bytes went by, in both directions. */
  public long bytes() {
    return copies.stream().mapToLong(ByteArrayOutputStream::size).sum();
  }

  /** Whether the value went by many times in a row, as in a gradient that is the same all over. */
  public boolean saw(float value) {
    ByteBuffer pattern = ByteBuffer.allocate(IN_A_ROW * Float.BYTES).order(ByteOrder.nativeOrder());
    Collections.nCopies(IN_A_ROW, value).forEach(pattern::putFloat);
    String text = new String(pattern.array(), ISO_8859_1);
    return captured().stream().anyMatch(copy -> new String(copy, ISO_8859_1).contains(text));
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
