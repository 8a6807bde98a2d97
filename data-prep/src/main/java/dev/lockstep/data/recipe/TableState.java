package dev.lockstep.data.recipe;

import dev.lockstep.data.Json;
import dev.lockstep.data.snapshot.Snapshot;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a feature table was made from; in each of its commits, so that it never disagrees with the
 * rows.
 *
 * @param recipe the recipe file, verbatim
 * @param recipeSha256 what the recipe does, whichever way it is written
 * @param sources the tables that were read
 * @param sequence grows by one with each update; where the log has forgotten the last one, it goes
 *     on from the table's version, which no sequence number exceeds
 * @param writer names the one update that wrote it
 */
public record TableState(
    String recipe, String recipeSha256, Map<String, Source> sources, long sequence, String writer) {
  /** Copies the sources; their order stays. */
  public TableState {
    sources = Collections.unmodifiableMap(new LinkedHashMap<>(sources));
  }

  /**
   * A table that was read.
   *
   * @param table path or catalog name
   * @param id Delta's id of it
   * @param version its version
   * @param schemaHash SHA-256 of its schema
   */
  public record Source(String table, String id, long version, String schemaHash) {
    static Source of(Snapshot snapshot) {
      return new Source(snapshot.table(), snapshot.id(), snapshot.version(), snapshot.schemaHash());
    }
  }

  static TableState next(
      Recipe recipe, String text, Sources sources, long sequence, String writer) {
    Map<String, Source> read = new LinkedHashMap<>();
    sources.snapshots().forEach((name, snapshot) -> read.put(name, Source.of(snapshot)));
    return new TableState(text, recipe.sha256(), read, sequence, writer);
  }

  /** Reads what a commit says; empty if it says something else. */
  static Optional<TableState> parse(String note) {
    try {
      return Optional.of(Json.read(note, TableState.class));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The sources' versions by name. */
  Map<String, Long> versions() {
    Map<String, Long> versions = new LinkedHashMap<>();
    sources.forEach((name, source) -> versions.put(name, source.version()));
    return versions;
  }

  /** Whether the other was made by the same recipe from the same rows. */
  boolean sameAs(TableState other) {
    return recipeSha256.equals(other.recipeSha256) && sources.equals(other.sources);
  }
}
