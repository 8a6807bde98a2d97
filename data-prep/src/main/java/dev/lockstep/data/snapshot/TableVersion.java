package dev.lockstep.data.snapshot;

import dev.lockstep.data.LockstepException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.SparkSession;

/**
 * A table and, where it is said, its version; {@code TABLE@VERSION} on the command line.
 *
 * @param table path or catalog name of a Delta table
 * @param version its version; empty for the latest
 */
public record TableVersion(String table, Optional<Long> version) {
  private static final Pattern PINNED = Pattern.compile("(.+)@v?([0-9]{1,18})");

  /** Reads {@code TABLE} or {@code TABLE@VERSION}. */
  public static TableVersion parse(String text) {
    Matcher pinned = PINNED.matcher(text);
    return pinned.matches()
        ? new TableVersion(pinned.group(1), Optional.of(Long.valueOf(pinned.group(2))))
        : new TableVersion(text, Optional.empty());
  }

  /** As {@link #parse}, where an option of its own may say the version too. */
  public static TableVersion parse(String text, Long version) {
    TableVersion parsed = parse(text);
    if (version == null) {
      return parsed;
    }
    if (parsed.version().isPresent()) {
      throw new LockstepException(
          "the version of %s is given twice: %d and %d"
              .formatted(parsed.table(), parsed.version().get(), version),
          "Keep one of them");
    }
    return new TableVersion(parsed.table(), Optional.of(version));
  }

  /**
   * Pins it.
   *
   * @throws LockstepException as {@link Snapshot#resolve}
   */
  public Snapshot resolve(SparkSession spark) {
    return Snapshot.resolve(spark, table, version.orElse(null), null);
  }
}
