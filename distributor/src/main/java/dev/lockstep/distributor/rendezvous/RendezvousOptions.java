package dev.lockstep.distributor.rendezvous;

import dev.lockstep.data.LockstepException;
import dev.lockstep.distributor.collective.PortRange;
import java.io.Serializable;
import java.time.Duration;
import org.apache.spark.SparkConf;

/**
 * How ranks meet.
 *
 * @param slots how long to wait for as many slots as ranks: executors take their time to register,
 *     and to begin again after a loss
 * @param silence how long a rank may be silent, make no progress while others wait for it, or not
 *     be reached once all have begun
 * @param ports port or range of ports to listen on, such as {@code 20000-20031}; 0 for any
 * @param bindAddress address to listen on; empty for all
 * @param attempts how often ranks may begin, the first time included
 */
public record RendezvousOptions(
    Duration slots, Duration silence, String ports, String bindAddress, int attempts)
    implements Serializable {
  /** Checks the ports and the number of attempts. */
  public RendezvousOptions {
    try {
      PortRange.parse(ports);
    } catch (IllegalArgumentException e) {
      throw new LockstepException(
          "--rank-ports is '%s': %s".formatted(ports, e.getMessage()),
          "Name a port or a range, such as 20000-20031; 0 for any",
          e);
    }
    if (attempts < 1) {
      throw new LockstepException(
          "--rank-attempts is " + attempts,
          "Give a number of at least 1: the first attempt counts");
    }
  }

  /** Slots 45 s, silence 8 s, any port, all addresses, 4 attempts. */
  public static RendezvousOptions defaults() {
    return new RendezvousOptions(Duration.ofSeconds(45), Duration.ofSeconds(8), "0", "", 4);
  }

  /**
   * What the properties of a Spark application say: {@code spark.lockstep.slotsWait} and {@code
   * spark.lockstep.rankSilence} (times, such as {@code 60s}), {@code spark.lockstep.rankPorts},
   * {@code spark.lockstep.rankBindAddress}; else the defaults.
   */
  public static RendezvousOptions of(SparkConf conf) {
    RendezvousOptions defaults = defaults();
    return new RendezvousOptions(
        Duration.ofSeconds(
            conf.getTimeAsSeconds("spark.lockstep.slotsWait", defaults.slots().toSeconds() + "s")),
        Duration.ofSeconds(
            conf.getTimeAsSeconds(
                "spark.lockstep.rankSilence", defaults.silence().toSeconds() + "s")),
        conf.get("spark.lockstep.rankPorts", defaults.ports()),
        conf.get("spark.lockstep.rankBindAddress", defaults.bindAddress()),
        defaults.attempts());
  }

  /** The same with another number of attempts. */
  public RendezvousOptions withAttempts(int number) {
    return new RendezvousOptions(slots, silence, ports, bindAddress, number);
  }
}
