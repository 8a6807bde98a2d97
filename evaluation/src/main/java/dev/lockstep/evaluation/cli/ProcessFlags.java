package dev.lockstep.evaluation.cli;

import dev.lockstep.data.LockstepException;
import dev.lockstep.distributor.bench.RankProcesses;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import picocli.CommandLine.Option;

/** Where a benchmark's ranks run when each is a process; a picocli mixin. */
final class ProcessFlags {
  private static final String LOOPBACK = "127.0.0.1";

  @Option(
      names = "--addresses",
      split = ",",
      paramLabel = "ADDRESS",
      description = "Each rank's address, for ranks in several places. Default: 127.0.0.1.")
  private List<String> addresses = new ArrayList<>();

  @Option(
      names = "--launchers",
      split = ",",
      paramLabel = "COMMAND",
      description =
          "What stands before each rank's command, such as 'ip netns exec NAME'. Default: nothing.")
  private List<String> launchers = new ArrayList<>();

  /** Whether the ranks have places of their own. */
  boolean given() {
    return !addresses.isEmpty() || !launchers.isEmpty();
  }

  /** So many ranks. */
  RankProcesses processes(int ranks) {
    return new RankProcesses(
        filled("--addresses", addresses, LOOPBACK, ranks),
        filled("--launchers", launchers, "", ranks));
  }

  /** So many ranks on the loopback address. */
  static RankProcesses loopback(int ranks) {
    return new RankProcesses(Collections.nCopies(ranks, LOOPBACK), Collections.nCopies(ranks, ""));
  }

  private static List<String> filled(String option, List<String> given, String other, int ranks) {
    if (given.isEmpty()) {
      return Collections.nCopies(ranks, other);
    }
    if (given.size() != ranks) {
      throw new LockstepException(
          "%s has %d entries, but there are %d ranks".formatted(option, given.size(), ranks),
          "Give one for each rank, separated by commas, or none");
    }
    return given;
  }
}
