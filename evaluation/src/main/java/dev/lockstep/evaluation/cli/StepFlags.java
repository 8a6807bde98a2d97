package dev.lockstep.evaluation.cli;

import dev.lockstep.data.Json;
import dev.lockstep.distributor.bench.RankThreads;
import dev.lockstep.distributor.bench.StepBenchmark;
import dev.lockstep.distributor.collective.CollectiveOptions;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where and how training steps are measured; a picocli mixin. */
final class StepFlags {
  @Option(names = "--ranks", defaultValue = "1", description = "Ranks. Default: ${DEFAULT-VALUE}.")
  private int ranks;

  @Option(
      names = "--threads",
      defaultValue = "1",
      description = "Threads of an operator. Default: ${DEFAULT-VALUE}.")
  private int threads;

  @Mixin private ProcessFlags processFlags;

  @Option(names = "--processes", description = "One JVM per rank instead of one thread per rank.")
  private boolean processes;

  /** Threads of an operator. */
  int threads() {
    return threads;
  }

  /** Measures steps, and prints rank 0's result. */
  void run(StepBenchmark work, CommonOptions options) throws Exception {
    Consumer<String> out = Lines.to(options);
    if (processes || processFlags.given()) {
      processFlags.processes(ranks).run(List.of(StepBenchmark.NAME, Json.line(work)), out);
    } else {
      RankThreads.run(ranks, CollectiveOptions.loopback(), work, out);
    }
  }
}
