package dev.lockstep.distributor.preflight;

import dev.lockstep.distributor.rendezvous.RendezvousOptions;
import dev.lockstep.distributor.spec.TrainingSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What a job needs.
 *
 * @param ranks tasks at once
 * @param threads threads of a rank
 * @param options how the ranks meet
 * @param folders what is written, by what it is for: folders on any Hadoop file system
 * @param laneBytes size of all rows on the ranks' disks, where it is known
 */
public record Needs(
    int ranks,
    int threads,
    RendezvousOptions options,
    Map<String, String> folders,
    OptionalLong laneBytes) {
  /** The folder that runs are written into, by executors too. */
  public static final String OUTPUT = "output";

  /** The folder of the checkpoints, where it is said. */
  public static final String CHECKPOINTS = "checkpoints";

  /** The ledger. */
  public static final String LEDGER = "ledger";

  /** Copies the folders, in their order. */
  public Needs {
    folders = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(folders));
  }

  /** The needs of a training that writes into a folder. */
  public static Needs of(TrainingSpec training, RendezvousOptions options, String output) {
    Map<String, String> folders = new LinkedHashMap<>();
    folders.put(OUTPUT, output);
    if (training.checkpoint() != null && training.checkpoint().directory() != null) {
      folders.put(CHECKPOINTS, training.checkpoint().directory());
    }
    return new Needs(training.ranks(), training.threads(), options, folders, OptionalLong.empty());
  }

  /** The same with a ledger. */
  public Needs withLedger(String ledger) {
    Map<String, String> more = new LinkedHashMap<>(folders);
    more.put(LEDGER, ledger);
    return new Needs(ranks, threads, options, more, laneBytes);
  }

  /** The same with so many rows of so many values. */
  public Needs withRows(long rows, int columns) {
    long rowBytes = (columns + 2L) * Float.BYTES;
    return new Needs(ranks, threads, options, folders, OptionalLong.of(rows * rowBytes));
  }
}
