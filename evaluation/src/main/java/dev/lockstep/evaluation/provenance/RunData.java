package dev.lockstep.evaluation.provenance;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.data.snapshot.PinnedTable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a run learned from.
 *
 * @param source the table
 * @param testSource the table of its own that was the test split, where there was one
 * @param splits rows by split
 * @param featureModelHash SHA-256 of what was learned of the features
 * @param fingerprint names table, features and split together
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record RunData(
    PinnedTable source,
    Optional<PinnedTable> testSource,
    Map<String, Long> splits,
    String featureModelHash,
    String fingerprint) {
  /** Fills in what an older ledger does not say. */
  public RunData {
    testSource = testSource == null ? Optional.empty() : testSource;
    splits = splits == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(splits));
  }

  static RunData of(PreparedData data) {
    return new RunData(
        PinnedTable.of(data.snapshot()),
        data.testSnapshot().map(PinnedTable::of),
        data.splits(),
        data.features().sha256(),
        data.fingerprint());
  }
}
