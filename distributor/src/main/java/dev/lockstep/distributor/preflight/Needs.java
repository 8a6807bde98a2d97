package dev.lockstep.distributor.preflight;

import dev.lockstep.distributor.rendezvous.RendezvousOptions;
import dev.lockstep.distributor.spec.Network;
import dev.lockstep.distributor.spec.Training;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.ToIntFunction;

/**
 * What a job needs.
 *
 * @param ranks tasks at once, at most
 * @param threads threads of a rank, at most
 * @param options how the ranks meet
 * @param folders what is written, by what it is for: folders on any Hadoop file system
 * @param laneBytes size of all rows on the ranks' disks, where it is known
 * @param networks what a rank holds of each network, as far as it is known
 */
public record Needs(
    int ranks,
    int threads,
    RendezvousOptions options,
    Map<String, String> folders,
    OptionalLong laneBytes,
    List<NetworkMemory> networks) {
  /** The folder that runs are written into, by executors too. */
  public static final String OUTPUT = "output";

  /** The folder of the checkpoints, where it is said. */
  public static final String CHECKPOINTS = "checkpoints";

  /** The ledger. */
  public static final String LEDGER = "ledger";

  /** Copies the folders, in their order. */
  public Needs {
    folders = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(folders));
    networks = List.copyOf(networks);
  }

  /**
   * The needs of trainings, one after the other, that write into a folder.
   *
   * @param trainings at least one
   */
  public static Needs of(List<Training> trainings, RendezvousOptions options, String output) {
    Map<String, String> folders = new LinkedHashMap<>();
    folders.put(OUTPUT, output);
    List<String> checkpoints =
        trainings.stream()
            .map(training -> training.checkpoint().directory())
            .filter(Objects::nonNull)
            .distinct()
            .toList();
    for (int i = 0; i < checkpoints.size(); i++) {
      folders.put(i == 0 ? CHECKPOINTS : CHECKPOINTS + " " + (i + 1), checkpoints.get(i));
    }
    return new Needs(
        most(trainings, Training.Parallelism::ranks),
        most(trainings, Training.Parallelism::threads),
        options,
        folders,
        OptionalLong.empty(),
        List.of());
  }

  private static int most(List<Training> trainings, ToIntFunction<Training.Parallelism> number) {
    return trainings.stream().map(Training::parallelism).mapToInt(number).max().orElseThrow();
  }

  /** The same with a ledger. */
  public Needs withLedger(String ledger) {
    Map<String, String> more = new LinkedHashMap<>(folders);
    more.put(LEDGER, ledger);
    return new Needs(ranks, threads, options, more, laneBytes, networks);
  }

  /** The same with what ranks hold of networks. */
  public Needs withNetworks(List<Network> trained) {
    return new Needs(
        ranks,
        threads,
        options,
        folders,
        laneBytes,
        trained.stream().flatMap(network -> NetworkMemory.of(network).stream()).toList());
  }

  /** The same with so many rows of so many values. */
  public Needs withRows(long rows, int columns) {
    long rowBytes = (columns + 2L) * Float.BYTES;
    return new Needs(ranks, threads, options, folders, OptionalLong.of(rows * rowBytes), networks);
  }
}
