package dev.lockstep.distributor.barrier;

import java.io.Serializable;
import java.time.Duration;

/**
 * How ranks meet.
 *
 * @param silence how long a rank may be silent, or make no progress while others wait for it
 * @param rendezvous how long ranks wait for each other at the start
 * @param ports port or range of ports to listen on, such as {@code 40000-40031}; 0 for any
 * @param bindAddress address to listen on; empty for all
 * @param attempts how often ranks may begin, the first time included
 */
public record JobOptions(
    Duration silence, Duration rendezvous, String ports, String bindAddress, int attempts)
    implements Serializable {
  /** Silence 8 s, rendezvous 120 s, any port, all addresses, 4 attempts. */
  public static JobOptions defaults() {
    return new JobOptions(Duration.ofSeconds(8), Duration.ofSeconds(120), "0", "", 4);
  }
}
