package dev.lockstep.evaluation.cli;

import picocli.CommandLine.Command;

/** {@code lockstep bench}: what can be measured. */
@Command(
    name = "bench",
    description = "Measures a part of Lockstep; with --json, one JSON object per line.",
    subcommands = {
      BenchAllReduceCommand.class,
      BenchTrainCommand.class,
      BenchNetworksCommand.class,
      BenchIngestCommand.class,
      BenchCriteoCommand.class,
      BenchEstimatorCommand.class,
      BenchScalingCommand.class
    })
final class BenchCommand {}
