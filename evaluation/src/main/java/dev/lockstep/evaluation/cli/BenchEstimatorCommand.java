package dev.lockstep.evaluation.cli;

import dev.lockstep.data.Json;
import dev.lockstep.distributor.bench.EstimatorBenchmark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.apache.spark.network.util.JavaUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lockstep bench estimator}. */
@Command(
    name = "estimator",
    description =
        "Times fit and transform of the Spark ML estimator, beside train and the network's own forward pass.")
final class BenchEstimatorCommand implements Callable<Integer> {
  @Mixin private CommonOptions options;

  @Option(
      names = "--rows",
      defaultValue = "1000000",
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

  @Option(
      names = "--network",
      defaultValue = "mlp",
      description = "The network. Default: ${DEFAULT-VALUE}.")
  private String network;

  @Option(
      names = "--epochs",
      defaultValue = "1",
      description = "Epochs of a training. Default: ${DEFAULT-VALUE}.")
  private int epochs;

  @Option(
      names = "--tasks",
      defaultValue = "2",
      description = "Tasks of Spark at once, and ranks. Default: ${DEFAULT-VALUE}.")
  private int tasks;

  @Option(
      names = "--rounds",
      defaultValue = "3",
      description = "How often all is timed; medians count. Default: ${DEFAULT-VALUE}.")
  private int rounds;

  @Override
  public Integer call() throws IOException, InterruptedException {
    EstimatorBenchmark benchmark =
        new EstimatorBenchmark(rows, numeric, categorical, network, epochs, tasks, rounds);
    Path folder = Files.createTempDirectory("lockstep-estimator-");
    try {
      Lines.to(options).accept(Json.line(benchmark.run(CommandSession.of(options), folder)));
    } finally {
      JavaUtils.deleteRecursively(folder.toFile());
    }
    return 0;
  }
}
