package dev.lockstep.evaluation.cli;

import dev.lockstep.distributor.bench.StepBenchmark;
import dev.lockstep.distributor.collective.Precision;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lockstep bench train}. */
@Command(
    name = "train",
    description = "Times training steps of an MLP between ranks on this machine.")
final class BenchTrainCommand implements Callable<Integer> {
  @Mixin private CommonOptions options;
  @Mixin private StepFlags flags;

  @Option(
      names = "--batch",
      defaultValue = "1024",
      description = "Rows per rank and step. Default: ${DEFAULT-VALUE}.")
  private int batch;

  @Option(
      names = "--features",
      defaultValue = "28",
      description = "Numeric features. Default: ${DEFAULT-VALUE}.")
  private int features;

  @Option(
      names = "--hidden",
      defaultValue = "256",
      description = "Width of a hidden layer. Default: ${DEFAULT-VALUE}.")
  private int hidden;

  @Option(
      names = "--layers",
      defaultValue = "2",
      description = "Hidden layers. Default: ${DEFAULT-VALUE}.")
  private int layers;

  @Option(
      names = "--steps",
      defaultValue = "400",
      description =
          "Steps that are measured, after some seconds of others. Default: ${DEFAULT-VALUE}.")
  private int steps;

  @Option(
      names = "--gradients",
      defaultValue = "float32",
      description = "How gradients travel: float32 or bfloat16. Default: ${DEFAULT-VALUE}.")
  private Gradients gradients;

  /** As the experiment file has them. */
  enum Gradients {
    float32(Precision.FLOAT32),
    bfloat16(Precision.BFLOAT16);

    private final Precision precision;

    Gradients(Precision precision) {
      this.precision = precision;
    }
  }

  @Override
  public Integer call() throws Exception {
    StepBenchmark work =
        new StepBenchmark(
            "mlp",
            Map.of("hidden", Collections.nCopies(layers, hidden), "dropout", 0),
            features,
            List.of(),
            batch,
            flags.threads(),
            steps,
            gradients.precision,
            flags.sharding(),
            false);
    flags.run(work, options);
    return 0;
  }
}
