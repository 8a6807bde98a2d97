package dev.lockstep.evaluation.cli;

import dev.lockstep.distributor.experiment.Experiment;
import dev.lockstep.distributor.experiment.ExperimentFile;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What a command says instead of an experiment file; a picocli mixin. */
final class ExperimentOptions {
  @Option(names = "--ranks", description = "Ranks, instead of what the file says.")
  private Integer ranks;

  @Option(names = "--output", description = "Output folder, instead of what the file says.")
  private String output;

  /** The experiment of a file, with these options. */
  Experiment read(String file) {
    Experiment experiment = ExperimentFile.read(file);
    experiment = ranks == null ? experiment : experiment.withRanks(ranks);
    return output == null ? experiment : experiment.withOutput(output);
  }

  /** These options as a person types them; nothing where none is given. */
  String shown() {
    return (ranks == null ? "" : " --ranks " + ranks)
        + (output == null ? "" : " --output " + output);
  }

  /** The number of ranks, if it is given. */
  Optional<Integer> ranks() {
    return Optional.ofNullable(ranks);
  }

  /** The output folder, if it is given. */
  Optional<String> output() {
    return Optional.ofNullable(output);
  }

  /** Those options that change a result, as the ledger keeps them. */
  Map<String, String> recorded() {
    return ranks().map(number -> Map.of("ranks", number.toString())).orElse(Map.of());
  }
}
