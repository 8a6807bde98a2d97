package dev.lockstep.data.recipe;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.data.snapshot.Snapshot;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What became of a feature table.
 *
 * @param table its path
 * @param version its version now
 * @param rows number of its rows
 * @param key the columns that name a row
 * @param how whether it was made or updated
 * @param reason why it was rebuilt instead of updated; empty if it was updated
 * @param keys number of keys that were computed again; empty where all were
 * @param attempts how often it was tried, because others wrote at the same time
 * @param sources what was read, by name
 */
public record PrepareReport(
    String table,
    long version,
    long rows,
    List<String> key,
    How how,
    Optional<String> reason,
    Optional<Long> keys,
    int attempts,
    Map<String, Snapshot> sources) {
  /** What was done. */
  public enum How {
    /** There was no table. */
    @JsonProperty("created")
    CREATED,
    /** All rows were computed. */
    @JsonProperty("rebuilt")
    REBUILT,
    /** The rows of changed keys were computed. */
    @JsonProperty("updated")
    UPDATED,
    /** No source has changed. */
    @JsonProperty("unchanged")
    UNCHANGED
  }

  /** Copies the collections. */
  public PrepareReport {
    key = List.copyOf(key);
    sources = Collections.unmodifiableMap(new LinkedHashMap<>(sources));
  }

  PrepareReport withAttempts(int count) {
    return new PrepareReport(table, version, rows, key, how, reason, keys, count, sources);
  }

  /** As a person reads it. */
  public String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        switch (how) {
          case CREATED -> "made %s".formatted(table);
          case REBUILT -> "rebuilt %s, because %s".formatted(table, reason.orElse(""));
          case UPDATED -> "updated %s: %,d keys computed again".formatted(table, keys.orElse(0L));
          case UNCHANGED -> "%s is as its sources are".formatted(table);
        });
    text.append(
        "%nversion %d, %,d rows, one for each %s".formatted(version, rows, String.join(", ", key)));
    sources.forEach(
        (name, s) ->
            text.append(
                "%n  from %s: %s at version %d of %s, %,d rows"
                    .formatted(name, s.table(), s.version(), s.commitTime(), s.rows())));
    return text.toString();
  }
}
