package dev.lockstep.distributor.experiment;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.lockstep.data.Json;
import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.data.snapshot.PinnedTable;
import dev.lockstep.distributor.saved.NetworkFiles;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * What a run began with beside its experiment file: kept in its folder, for those who resume it.
 *
 * @param command what was run: {@link #TRAIN} or {@link #COMPARE}
 * @param source the table
 * @param testSource the table of its own that is the test split, where there is one
 * @param networkFiles SHA-256 of each file that the networks are made of, such as a TorchScript
 *     module
 * @param settings whatever the run depends on, by its key in the experiment file; empty for a run
 *     of an earlier release, which did not keep it
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record RunInputs(
    String command,
    PinnedTable source,
    Optional<PinnedTable> testSource,
    List<String> networkFiles,
    Map<String, String> settings) {
  /** The command that trains networks alone. */
  public static final String TRAIN = "train";

  /** The command that compares networks with baselines. */
  public static final String COMPARE = "compare";

  private static final String FILE = "run.json";

  /** Copies the collections. */
  public RunInputs {
    networkFiles = List.copyOf(networkFiles);
    settings =
        settings == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  /** What a run of an experiment begins with, on the rows that are prepared for it. */
  public static RunInputs of(String command, PreparedData data, Experiment experiment) {
    return new RunInputs(
        command,
        PinnedTable.of(data.snapshot()),
        data.testSnapshot().map(PinnedTable::of),
        networkFiles(experiment),
        Settings.of(experiment, command));
  }

  static List<String> networkFiles(Experiment experiment) {
    return experiment.models().stream().flatMap(m -> NetworkFiles.digests(m).stream()).toList();
  }

  /** Begins a run: makes its folder, and writes the experiment and this into it. */
  public static RunFolder begin(
      String command, PreparedData data, Experiment experiment, Configuration hadoop) {
    RunInputs inputs = of(command, data, experiment);
    RunFolder folder = RunFolder.create(experiment.output(), hadoop);
    folder.write(RunFolder.EXPERIMENT, experiment.text(), hadoop);
    inputs.write(folder, hadoop);
    return folder;
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
