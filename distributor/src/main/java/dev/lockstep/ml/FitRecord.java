package dev.lockstep.ml;

import dev.lockstep.data.snapshot.PinnedTable;
import dev.lockstep.distributor.loop.EpochReport;
import dev.lockstep.distributor.prediction.VectorEntries;
import java.util.List;
import java.util.Optional;

/**
 * What is known of a fit beside its network and features.
 *
 * @param format version of the saved form
 * @param vector the entries of the vector that the features are; empty where they are columns
 * @param labels the classes; empty for regression
 * @param bestEpoch the epoch whose weights were kept, from 1
 * @param history what each epoch came to
 * @param tables the Delta tables that were read, and their versions
 */
record FitRecord(
    int format,
    Optional<VectorEntries> vector,
    Optional<ClassLabels> labels,
    int bestEpoch,
    List<EpochReport> history,
    List<PinnedTable> tables) {
  /** The version that this release writes. */
  static final int FORMAT = 1;

  /** Refuses what this release does not know. */
  FitRecord {
    if (format != FORMAT) {
      throw new IllegalArgumentException(
          "it is of format %d; this release reads %d".formatted(format, FORMAT));
    }
    history = List.copyOf(history);
    tables = List.copyOf(tables);
  }
}
