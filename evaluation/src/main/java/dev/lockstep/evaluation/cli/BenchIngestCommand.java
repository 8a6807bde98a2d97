package dev.lockstep.evaluation.cli;

import dev.lockstep.data.Json;
import dev.lockstep.distributor.bench.IngestBenchmark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.apache.spark.network.util.JavaUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lockstep bench ingest}. */
@Command(
    name = "ingest",
    description =
        "Times the way from a Delta table, which it makes, to the lanes of the ranks, beside Spark's reading alone.")
final class BenchIngestCommand implements Callable<Integer> {
  @Mixin private CommonOptions options;

  @Option(
      names = "--rows",
      defaultValue = "2000000",
      description = "Rows of the table. Default: ${DEFAULT-VALUE}.")
  private long rows;

  @Option(
      names = "--numeric",
      defaultValue = "28",
      description = "Numeric columns. Default: ${DEFAULT-VALUE}.")
  private int numeric;

  @Option(
      names = "--categorical",
      defaultValue = "4",
      description = "Categorical columns. Default: ${DEFAULT-VALUE}.")
  private int categorical;

  @Option(names = "--ranks", defaultValue = "2", description = "Ranks. Default: ${DEFAULT-VALUE}.")
  private int ranks;

  @Option(
      names = "--rounds",
      defaultValue = "5",
      description =
          "How often both are timed; medians count, as the JVM is still compiling in the first. Default: ${DEFAULT-VALUE}.")
  private int rounds;

  @Override
  public Integer call() throws IOException, InterruptedException {
    IngestBenchmark benchmark = new IngestBenchmark(rows, numeric, categorical, ranks, rounds);
    Path folder = Files.createTempDirectory("lockstep-ingest-");
    try {
      Lines.to(options).accept(Json.line(benchmark.run(CommandSession.of(options), folder)));
    } finally {
      JavaUtils.deleteRecursively(folder.toFile());
    }
    return 0;
  }
}
