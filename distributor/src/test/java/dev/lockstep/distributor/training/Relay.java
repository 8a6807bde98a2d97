package dev.lockstep.distributor.training;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The way to a port, by another loopback address: connections to 127.0.0.2 go on to the same port
 * of 127.0.0.1. They can be cut, or go silent as those of a machine whose cable was pulled.
 */
final class Relay implements AutoCloseable {
  static final String ADDRESS = "127.0.0.2";

  private final ServerSocket door;
  private final List<Connection> open = new CopyOnWriteArrayList<>();

  Relay(int port) throws IOException {
    door = new ServerSocket();
    door.setReuseAddress(true);
    door.bind(new InetSocketAddress(ADDRESS, port));
    start("relay-" + port, this::accept);
  }

  private void accept() {
    while (!door.isClosed()) {
      try {
        Socket from = door.accept();
        Socket to = new Socket(InetAddress.getLoopbackAddress(), door.getLocalPort());
        Connection connection = new Connection(from, to);
        open.add(connection);
        start("relay-up", () -> connection.pass(from, to));
        start("relay-down", () -> connection.pass(to, from));
      } catch (IOException e) {
        // Closed, or the port behind is: whoever connects sees that its connection ends.
      }
    }
  }

  /** Closes the connections that come from those ports. */
  int cut(Set<Integer> ports) {
    List<Connection> chosen = of(ports);
    chosen.forEach(Connection::close);
    return chosen.size();
  }

  /** Passes nothing on any more, in either direction, without closing the connections. */
  int silence(Set<Integer> ports) {
    List<Connection> chosen = of(ports);
    chosen.forEach(connection -> connection.silent = true);
    return chosen.size();
  }

  private List<Connection> of(Set<Integer> ports) {
    return open.stream().filter(c -> ports.contains(c.from.getPort())).toList();
  }

  private static void start(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    door.close();
    open.forEach(Connection::close);
  }

  private final class Connection {
    private final Socket from;
    private final Socket to;
    private volatile boolean silent;

    Connection(Socket from, Socket to) {
      this.from = from;
      this.to = to;
    }

    void pass(Socket source, Socket target) {
      try {
        InputStream in = source.getInputStream();
        OutputStream out = target.getOutputStream();
        byte[] buffer = new byte[1 << 16];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          if (silent) {
            return; // Both ends go on in the belief that they are connected.
          }
          out.write(buffer, 0, read);
        }
      } catch (IOException e) {
        // One end is gone, so the other goes too.
      } finally {
        if (!silent) {
          close();
        }
      }
    }

    void close() {
      open.remove(this);
      try {
        from.close();
        to.close();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
