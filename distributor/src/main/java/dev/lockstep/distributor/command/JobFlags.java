package dev.lockstep.distributor.command;

import dev.lockstep.distributor.barrier.JobOptions;
import java.time.Duration;
import picocli.CommandLine.Option;

/** How ranks meet, as options of a command; a picocli mixin. */
public final class JobFlags {
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
      description = "How long a rank may be silent before it counts as lost. Default: 8.")
  private int silence;

  @Option(
      names = "--rank-attempts",
      paramLabel = "N",
      defaultValue = "4",
      description =
          "How often ranks may begin, after a failure from the last checkpoint. Default: 4.")
  private int attempts;

  /** The options of the job. */
  public JobOptions options() {
    return new JobOptions(Duration.ofSeconds(silence), ports, bindAddress, attempts);
  }
}
