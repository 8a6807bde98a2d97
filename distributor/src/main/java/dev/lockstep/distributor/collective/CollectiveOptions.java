package dev.lockstep.distributor.collective;

import java.time.Duration;

/**
 * How ranks are connected.
 *
 * @param bindAddress address to listen on; empty for all
 * @param advertisedAddress address under which other machines reach this one
 * @param ports port or range of ports to listen on, such as {@code 20000-20031}; 0 for any
 * @param silence how long a rank may be silent, or make no progress while others wait for it
 * @param connect how long connecting and the handshake may take
 * @param encrypted whether what travels between machines is encrypted
 * @param sharedMemory whether ranks of one JVM use shared memory; off, they use TCP like all others
 */
public record CollectiveOptions(
    String bindAddress,
    String advertisedAddress,
    String ports,
    Duration silence,
    Duration connect,
    boolean encrypted,
    boolean sharedMemory) {

  /** On the loopback address, any port, plain, 8 s of silence, 30 s to connect. */
  public static CollectiveOptions loopback() {
    return new CollectiveOptions(
        "127.0.0.1", "127.0.0.1", "0", Duration.ofSeconds(8), Duration.ofSeconds(30), false, true);
  }

  /** The same, at another address of this machine. */
  public CollectiveOptions at(String address) {
    return new CollectiveOptions(
        address, address, ports, silence, connect, encrypted, sharedMemory);
  }

  /** The same, with or without shared memory. */
  public CollectiveOptions withSharedMemory(boolean shared) {
    return new CollectiveOptions(
        bindAddress, advertisedAddress, ports, silence, connect, encrypted, shared);
  }

  /** The same, encrypted or not. */
  public CollectiveOptions withEncryption(boolean encryption) {
    return new CollectiveOptions(
        bindAddress, advertisedAddress, ports, silence, connect, encryption, sharedMemory);
  }

  /** The same, with another limit for silence. */
  public CollectiveOptions withSilence(Duration limit) {
    return new CollectiveOptions(
        bindAddress, advertisedAddress, ports, limit, connect, encrypted, sharedMemory);
  }

  /** The same, with another port or range of ports. */
  public CollectiveOptions withPorts(String portOrRange) {
    return new CollectiveOptions(
        bindAddress, advertisedAddress, portOrRange, silence, connect, encrypted, sharedMemory);
  }
}
