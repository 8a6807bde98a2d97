package dev.lockstep.distributor.barrier;

import dev.lockstep.data.LockstepException;
import java.io.Serializable;
import java.time.Duration;

/**
 * How ranks meet.
 *
 * @param silence how long a rank may be silent, make no progress while others wait for it, or not
 *     be reached once all have begun
 * @param ports port or range of ports to listen on, such as {@code 40000-40031}; 0 for any
 * @param bindAddress address to listen on; empty for all
 * @param attempts how often ranks may begin, the first time included
 */
public record JobOptions(Duration silence, String ports, String bindAddress, int attempts)
    implements Serializable {
  /** Checks the number of attempts. */
  public JobOptions {
    if (attempts < 1) {
      throw new LockstepException(
          "--rank-attempts is " + attempts,
          "Give a number of at least 1: the first attempt counts");
    }
  }

  /** Silence 8 s, any port, all addresses, 4 attempts. */
  public static JobOptions defaults() {
    return new JobOptions(Duration.ofSeconds(8), "0", "", 4);
  }
}
