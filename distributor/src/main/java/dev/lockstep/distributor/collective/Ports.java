package dev.lockstep.distributor.collective;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;

/** Ports to listen on. */
public final class Ports {
  /** Connections that wait for the rank to take them, at most: a crowd must not hide a rank. */
  private static final int BACKLOG = 1024;

  private Ports() {}

  /**
   * Listens on the first free port.
   *
   * @param address address to bind to; empty for all
   * @param ports a port or a range such as {@code 20000-20031}; 0 for any
   * @throws IOException if none is free
   */
  public static ServerSocketChannel listen(String address, String ports) throws IOException {
    PortRange range = PortRange.parse(ports);
    ServerSocketChannel listener = ServerSocketChannel.open();
    for (int port = range.first(); port <= range.last(); port++) {
      try {
        return listener.bind(
            address.isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(address, port),
            BACKLOG);
      } catch (BindException e) {
        // Taken: the next one may be free.
      }
    }
    listener.close();
    throw new IOException(
        "no free port in %s on %s; widen the range"
            .formatted(ports, address.isEmpty() ? "any address" : address));
  }
}
