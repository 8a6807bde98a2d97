package dev.lockstep.evaluation.cli;

import dev.lockstep.data.Json;
import dev.lockstep.distributor.bench.RankThreads;
import dev.lockstep.distributor.bench.StepBenchmark;
import dev.lockstep.distributor.collective.CollectiveOptions;
import dev.lockstep.distributor.spec.Sharding;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Where and how training steps are measured; a picocli mixin. */
final class StepFlags {
  @Option(names = "--ranks", defaultValue = "1", description = "Ranks. Default: ${DEFAULT-VALUE}.")
  private int ranks;

  @Option(
      names = "--threads",
      defaultValue = "1",
      description = "Threads of an operator. Default: ${DEFAULT-VALUE}.")
  private int threads;

  @Option(
      names = "--sharding",
      defaultValue = "optimizer",
      converter = ShardingWord.class,
      description =
          "What is sharded over the ranks: none, optimizer (its state) or full (parameters,"
              + " gradients and state). Default: ${DEFAULT-VALUE}.")
  private Sharding sharding;

  @Mixin private ProcessFlags processFlags;

  @Option(names = "--processes", description = "One JVM per rank instead of one thread per rank.")
  private boolean processes;

  /** Threads of an operator. */
  int threads() {
    return threads;
  }

  /** What is sharded over the ranks. */
  Sharding sharding() {
    return sharding;
  }

  /** The words of the experiment file. */
  static final class ShardingWord implements ITypeConverter<Sharding> {
    @Override
    public Sharding convert(String word) {
      try {
        return Sharding.of(word);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
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
