package dev.lockstep.evaluation.cli;

import dev.lockstep.data.Json;
import dev.lockstep.distributor.bench.StepBenchmark;
import dev.lockstep.distributor.collective.Precision;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lockstep bench networks}. */
@Command(
    name = "networks",
    description =
        "Times training steps, or predictions, of any network on made rows: normal numbers, and"
            + " categories of which few are frequent. Without --processes the processor time is"
            + " that of all ranks together.")
final class BenchNetworksCommand implements Callable<Integer> {
  @Mixin private CommonOptions options;
  @Mixin private StepFlags flags;

  @Option(
      names = "--model",
      defaultValue = "mlp",
      description = "A network's name, such as deepfm. Default: ${DEFAULT-VALUE}.")
  private String model;

  @Option(
      names = "--numeric",
      defaultValue = "28",
      description = "Numeric features. Default: ${DEFAULT-VALUE}.")
  private int numeric;

  @Option(
      names = "--categories",
      split = ",",
      paramLabel = "SIZE",
      description = "Number of indices of each categorical feature. Default: none.")
  private List<Integer> categories = List.of();

  @Option(names = "--embedding", description = "Width of an embedding. Default: the network's.")
  private Integer embedding;

  @Option(
      names = "--embeddings",
      description =
          "dense: tables are parameters like any other; sharded: each rank has a part of their"
              + " rows. Default: dense.")
  private String embeddings;

  @Option(
      names = "--option",
      paramLabel = "NAME=VALUE",
      description = "Another option of the network, such as 'hidden=[256, 256]'.")
  private Map<String, String> given = Map.of();

  @Option(
      names = "--batch",
      defaultValue = "256",
      description = "Rows per rank and step. Default: ${DEFAULT-VALUE}.")
  private int batch;

  @Option(
      names = "--steps",
      defaultValue = "200",
      description =
          "Steps that are measured, after some seconds of others. Default: ${DEFAULT-VALUE}.")
  private int steps;

  @Option(names = "--predict", description = "The forward pass alone.")
  private boolean predict;

  @Override
  public Integer call() throws Exception {
    StepBenchmark work =
        new StepBenchmark(
            model,
            networkOptions(),
            numeric,
            categories,
            batch,
            flags.threads(),
            steps,
            Precision.FLOAT32,
            flags.sharding(),
            predict);
    flags.run(work, options);
    return 0;
  }

  /** Numbers, lists and the like as JSON has them, and words. */
  private static Object value(String text) {
    try {
      return Json.read(text, Object.class);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }

  private Map<String, Object> networkOptions() {
    Map<String, Object> all = new LinkedHashMap<>();
    given.forEach((name, value) -> all.put(name, value(value)));
    if (embedding != null) {
      all.put("embedding", embedding);
    }
    if (embeddings != null) {
      all.put("embeddings", embeddings);
    }
    return all;
  }
}
