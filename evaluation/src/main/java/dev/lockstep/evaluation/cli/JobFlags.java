package dev.lockstep.evaluation.cli;

import dev.lockstep.distributor.rendezvous.RendezvousOptions;
import java.time.Duration;
import picocli.CommandLine.Option;

/** How ranks meet, as options of a command; a picocli mixin. */
final class JobFlags {
  @Option(
      names = "--rank-ports",
      paramLabel = "PORT[-PORT]",
      defaultValue = "0",
      description = "Ports that ranks listen on, for firewalls. Default: any.")
  private String ports;

  @Option(
      names = "--rank-bind-address",
      paramLabel = "ADDRESS",
      defaultValue = "",
      description = "Address that ranks listen on. Default: all.")
  private String bindAddress;

  @Option(
      names = "--rank-silence",
      paramLabel = "SECONDS",
      defaultValue = "8",
      description = "Seconds without a sign of life after which a rank counts as lost. Default: 8.")
  private int silence;

  @Option(
      names = "--rank-attempts",
      paramLabel = "N",
      defaultValue = "4",
      description =
          "How often ranks may begin, after a failure from the last checkpoint. Default: 4.")
  private int attempts;

  @Option(
      names = "--slots-wait",
      paramLabel = "SECONDS",
      defaultValue = "45",
      description = "How long to wait for executors with a slot for every rank. Default: 45.")
  private int slots;

  /** The options of the job. */
  public RendezvousOptions options() {
    return new RendezvousOptions(
        Duration.ofSeconds(slots), Duration.ofSeconds(silence), ports, bindAddress, attempts);
  }
}
