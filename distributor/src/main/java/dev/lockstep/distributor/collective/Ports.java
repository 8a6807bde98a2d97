package dev.lockstep.distributor.collective;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;

/** Ports to listen on. */
public final class Ports {
  private Ports() {}

  /**
   * Listens on the first free port.
   *
   * @param address address to bind to; empty for all
   * @param ports a port or a range such as {@code 40000-40031}; 0 for any
   * @throws IOException if none is free
   */
  public static ServerSocketChannel listen(String address, String ports) throws IOException {
    String[] ends = ports.split("-", -1);
    int first = Integer.parseInt(ends[0].trim());
    int last = Integer.parseInt(ends[ends.length - 1].trim());
    ServerSocketChannel listener = ServerSocketChannel.open();
    for (int port = first; port <= last; port++) {
      try {
        return listener.bind(
            address.isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(address, port));
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
