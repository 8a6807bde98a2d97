package dev.lockstep.distributor.experiment;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.lockstep.data.Json;
import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.data.snapshot.PinnedTable;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * What a run began with beside its experiment file: kept in its folder, for those who go on with
 * it.
 *
 * @param command what was run: {@code train} or {@code compare}
 * @param source the table
 * @param testSource the table of its own that is the test split, where there is one
 * @param networkFiles SHA-256 of each file that the network is made of, such as a TorchScript
 *     module
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record RunInputs(
    String command,
    PinnedTable source,
    Optional<PinnedTable> testSource,
    List<String> networkFiles) {
  private static final String FILE = "run.json";

  /** Copies the list. */
  public RunInputs {
    networkFiles = List.copyOf(networkFiles);
  }

  /** What a run of prepared data begins with. */
  public static RunInputs of(String command, PreparedData data, List<String> networkFiles) {
    return new RunInputs(
        command,
        PinnedTable.of(data.snapshot()),
        data.testSnapshot().map(PinnedTable::of),
        networkFiles);
  }

  /** Writes it into the run's folder. */
  public void write(RunFolder folder, Configuration hadoop) {
    folder.write(FILE, Json.line(this), hadoop);
  }

  /** What a run began with; empty for runs of earlier releases, which did not keep it. */
  public static Optional<RunInputs> read(RunFolder folder, Configuration hadoop) {
    return folder.read(FILE, hadoop).map(json -> Json.read(json, RunInputs.class));
  }
}
