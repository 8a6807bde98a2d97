package dev.lockstep.distributor.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Ranks as processes, a JVM each, on this machine or by way of a launcher in another place. They
 * meet by way of the pipes to this process, so no port is needed for that.
 */
public final class RankProcesses {
  /** Begins a line that a rank wants all ranks to have. */
  static final String GATHER = "gather ";

  /** Begins a line of result. */
  static final String RESULT = "result ";

  private final List<String> addresses;
  private final List<String> launchers;

  /**
   * As many ranks as there are addresses.
   *
   * @param addresses each rank's own, on which the others reach it
   * @param launchers what stands before a rank's command, such as {@code ip netns exec NAME}; empty
   *     for nothing
   */
  public RankProcesses(List<String> addresses, List<String> launchers) {
    this.addresses = List.copyOf(addresses);
    this.launchers = List.copyOf(launchers);
  }

  /**
   * Runs {@link RankMain} in as many processes.
   *
   * @param work the arguments that tell it what to do
   * @param out takes rank 0's lines
   */
  public void run(List<String> work, Consumer<String> out)
      throws IOException, InterruptedException {
    List<Process> ranks = new ArrayList<>();
    try {
      for (int rank = 0; rank < addresses.size(); rank++) {
        ranks.add(start(rank, work));
      }
      List<BufferedReader> readers = ranks.stream().map(Process::inputReader).toList();
      while (gather(ranks, readers, out)) {
        // Until all have ended.
      }
      for (Process rank : ranks) {
        if (rank.waitFor() != 0) {
          throw new IllegalStateException("a rank's process ended with " + rank.exitValue());
        }
      }
    } finally {
      ranks.forEach(Process::destroyForcibly);
    }
  }

  private Process start(int rank, List<String> work) throws IOException {
    List<String> command = new ArrayList<>();
    if (!launchers.get(rank).isEmpty()) {
      command.addAll(List.of(launchers.get(rank).split(" ")));
    }
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(RankMain.class.getName());
    command.addAll(
        List.of(String.valueOf(rank), String.valueOf(addresses.size()), addresses.get(rank)));
    command.addAll(work);
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /** One round: a line to gather from every rank, or their ends. */
  private static boolean gather(
      List<Process> ranks, List<BufferedReader> readers, Consumer<String> out) throws IOException {
    List<String> messages = new ArrayList<>();
    for (int rank = 0; rank < ranks.size(); rank++) {
      String line = readers.get(rank).readLine();
      while (line != null && !line.startsWith(GATHER)) {
        if (rank == 0 && line.startsWith(RESULT)) {
          out.accept(line.substring(RESULT.length()));
        }
        line = readers.get(rank).readLine();
      }
      if (line != null) {
        messages.add(line.substring(GATHER.length()));
      }
    }
    if (messages.size() < ranks.size()) {
      return false;
    }
    for (Process rank : ranks) {
      Writer writer = rank.outputWriter(StandardCharsets.UTF_8);
      for (String message : messages) {
        writer.write(message + "\n");
      }
      writer.flush();
    }
    return true;
  }
}
