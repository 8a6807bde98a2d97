package dev.lockstep.evaluation.cli;

import java.util.Optional;
import picocli.CommandLine.Option;

/** Which model a command means; a picocli mixin. Names no type of Spark's, as help shows it. */
final class ModelOption {
  @Option(
      names = "--model",
      paramLabel = "NAME",
      description =
          "A model of the run: one of its networks or baselines, such as mlp or xgboost, or its"
              + " ensemble. Default: the one that the run's verdict speaks for.")
  private String model;

  /** The name that the option had at first. */
  @Option(names = "--network", paramLabel = "NAME", hidden = true)
  private String network;

  /** What is given; empty if nothing is. */
  Optional<String> given() {
    return Optional.ofNullable(model == null ? network : model);
  }
}
