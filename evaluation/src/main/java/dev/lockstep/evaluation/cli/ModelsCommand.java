package dev.lockstep.evaluation.cli;

import dev.lockstep.models.EstimatorSpec;
import dev.lockstep.models.FeatureSchema;
import dev.lockstep.models.ModelFamily;
import dev.lockstep.models.bench.ModelBench;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lockstep models}. */
@Command(name = "models", description = "Lists the networks; with --bench their size and speed.")
final class ModelsCommand implements Callable<Integer> {
  @Mixin private CommonOptions options;

  @Option(
      names = "--bench",
      description =
          "Measure each network with its default options on 28 numeric and 4 categorical features,"
              + " one thread, and an MLP against its bare matrix products.")
  private boolean bench;

  @Option(
      names = "--batch",
      defaultValue = "1024",
      description = "Rows of a batch. Default: ${DEFAULT-VALUE}.")
  private int batch;

  @Option(
      names = "--seconds",
      defaultValue = "2",
      description =
          "Time of each measurement; the MLP and its products take five times as long. Default:"
              + " ${DEFAULT-VALUE}.")
  private double seconds;

  @Override
  public Integer call() {
    Map<String, Object> result = new LinkedHashMap<>();
    StringBuilder text = new StringBuilder();
    if (!bench) {
      Map<String, String> summaries = new LinkedHashMap<>();
      ModelFamily.catalogue().forEach((name, family) -> summaries.put(name, family.summary()));
      result.put("models", List.copyOf(summaries.keySet()));
      result.put("summaries", summaries);
      options.print(
          result,
          summaries.entrySet().stream()
              .map(e -> "%-15s %s".formatted(e.getKey(), e.getValue()).stripTrailing())
              .collect(Collectors.joining("\n")));
      return 0;
    }
    FeatureSchema schema = ModelBench.schema(28, List.of(10, 20, 50, 100));
    ModelBench measured = new ModelBench(schema, batch, 1, seconds);
    List<ModelBench.Speed> speeds = new ArrayList<>();
    text.append(line("model", "parameters", "train rows/s", "predict rows/s"));
    for (ModelFamily family : ModelFamily.catalogue().values()) {
      String name = family.name();
      if (family.hasDefaults()) {
        ModelBench.Speed speed = measured.measure(new EstimatorSpec(name, Map.of()));
        speeds.add(speed);
        text.append(
            line(
                name,
                number((double) speed.parameters()),
                number(speed.trainRowsPerSecond()),
                number(speed.predictRowsPerSecond())));
      }
    }
    ModelBench.Ceiling ceiling =
        new ModelBench(ModelBench.schema(28, List.of()), batch, 1, 5 * seconds)
            .ceiling(List.of(256, 256));
    Map<String, Object> share = new LinkedHashMap<>();
    share.put("mlpRowsPerSecond", ceiling.network());
    share.put("productsRowsPerSecond", ceiling.products());
    share.put("share", ceiling.share());
    result.put("batch", batch);
    result.put("models", speeds);
    result.put("mlpAgainstProducts", share);
    text.append(
        String.format(
            Locale.ROOT,
            "An MLP 28-256-256-1 reaches %.2f of the rows/s of its bare matrix products.",
            ceiling.share()));
    options.print(result, text.toString());
    return 0;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%,.0f", value);
  }

  private static String line(String name, String size, String train, String predict) {
    return "%-16s %12s %14s %16s%n".formatted(name, size, train, predict);
  }
}
