package dev.lockstep.data.snapshot;

import java.util.Map;

/**
 * From which version on a table's commits say their time themselves. The time of an earlier one is
 * that of its file.
 *
 * @param from the first such version
 */
record InCommitTimestamps(long from) {
  private static final String ENABLED = "delta.enableInCommitTimestamps";
  private static final String VERSION = "delta.inCommitTimestampEnablementVersion";
  private static final String TIMESTAMP = "delta.inCommitTimestampEnablementTimestamp";

  /** What a table's properties say of it. */
  static InCommitTimestamps of(Map<String, String> properties) {
    if (!Boolean.parseBoolean(properties.get(ENABLED))) {
      return new InCommitTimestamps(Long.MAX_VALUE);
    }
    String version = properties.get(VERSION);
    if ((version == null) != (properties.get(TIMESTAMP) == null)) {
      throw new IllegalArgumentException("only one of " + VERSION + " and " + TIMESTAMP);
    }
    return new InCommitTimestamps(version == null ? 0 : Long.parseLong(version));
  }
}
