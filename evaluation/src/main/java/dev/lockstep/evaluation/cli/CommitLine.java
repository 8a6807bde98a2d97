package dev.lockstep.evaluation.cli;

import dev.lockstep.data.snapshot.DeltaHistory.Commit;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;

/**
 * A commit as a person reads it.
 *
 * @param version the version that it made
 * @param time when, in ISO 8601, UTC
 * @param operation what it did, in Delta's words
 * @param written number of rows that are new
 * @param updated number of rows that changed
 * @param deleted number of rows that are gone
 * @param bytes size of the files that it added
 * @param metrics Delta's own counts
 */
record CommitLine(
    long version,
    String time,
    String operation,
    long written,
    long updated,
    long deleted,
    long bytes,
    Map<String, String> metrics) {
  private static final String FORMAT = "%7s  %-20s  %-24s  %12s  %12s  %12s  %10s";

  static CommitLine of(Commit commit) {
    Map<String, String> m = new TreeMap<>(commit.metrics());
    // A MERGE counts the rows that it copied among its output, too.
    boolean merge = m.containsKey("numTargetRowsInserted");
    return new CommitLine(
        commit.version(),
        commit.time().truncatedTo(ChronoUnit.MILLIS).toString(),
        commit.operation(),
        count(m, merge ? "numTargetRowsInserted" : "numOutputRows"),
        count(m, merge ? "numTargetRowsUpdated" : "numUpdatedRows"),
        count(m, merge ? "numTargetRowsDeleted" : "numDeletedRows"),
        count(m, "numOutputBytes") + count(m, "numTargetBytesAdded") + count(m, "numAddedBytes"),
        m);
  }

  private static long count(Map<String, String> metrics, String name) {
    return Long.parseLong(metrics.getOrDefault(name, "0"));
  }

  static String heading() {
    return FORMAT.formatted(
        "version", "time (UTC)", "operation", "written", "updated", "deleted", "size");
  }

  String text() {
    return FORMAT.formatted(
        version,
        time.replaceFirst("\\.[0-9]+Z$", "Z"),
        operation,
        rows(written),
        rows(updated),
        rows(deleted),
        size(bytes));
  }

  private static String rows(long count) {
    return count == 0 ? "" : "%,d".formatted(count);
  }

  private static String size(long bytes) {
    if (bytes == 0) {
      return "";
    }
    return bytes < 1_000_000
        ? "%.1f kB".formatted(bytes / 1e3)
        : bytes < 1_000_000_000
            ? "%.1f MB".formatted(bytes / 1e6)
            : "%.1f GB".formatted(bytes / 1e9);
  }
}
