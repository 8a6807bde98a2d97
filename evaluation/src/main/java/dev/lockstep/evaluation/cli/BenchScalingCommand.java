package dev.lockstep.evaluation.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.data.Json;
import dev.lockstep.distributor.bench.AllReduceBenchmark;
import dev.lockstep.distributor.bench.CostModel;
import dev.lockstep.distributor.bench.Link;
import dev.lockstep.distributor.bench.RankProcesses;
import dev.lockstep.distributor.bench.RankThreads;
import dev.lockstep.distributor.bench.StepBenchmark;
import dev.lockstep.distributor.collective.CollectiveOptions;
import dev.lockstep.distributor.collective.Precision;
import dev.lockstep.distributor.spec.Sharding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lockstep bench scaling}. */
@Command(
    name = "scaling",
    description =
        "Measures computation and network on this machine, and predicts the time of a step on more ranks.")
final class BenchScalingCommand implements Callable<Integer> {
  private static final int MOST = 1024;
  private static final int CROWD = 8;
  private static final int FEATURES = 28;
  private static final int SMALL_KIB = 4;
  private static final int LARGE_KIB = 16384;

  @Mixin private CommonOptions options;
  @Mixin private ProcessFlags places;

  @Option(
      names = "--batch",
      defaultValue = "256",
      description = "Rows per rank and step. Default: ${DEFAULT-VALUE}.")
  private int batch;

  @Option(
      names = "--networks",
      split = ",",
      paramLabel = "GBIT:MS",
      defaultValue = "1:1,10:0.2,25:0.1,100:0.05",
      description = "Rates in Gbit/s and round trips in ms. Default: ${DEFAULT-VALUE}.")
  private List<String> networks;

  /** The networks that are measured: small, middling, large. */
  private record Size(int hidden, int layers, int steps) {
    static final List<Size> ALL =
        List.of(new Size(256, 2, 300), new Size(1024, 2, 60), new Size(2048, 3, 15));

    String name() {
      return "mlp %dx%d".formatted(layers, hidden);
    }

    StepBenchmark work(int batch, Precision gradients) {
      return new StepBenchmark(
          "mlp",
          Map.of("hidden", Collections.nCopies(layers, hidden), "dropout", 0),
          FEATURES,
          List.of(),
          batch,
          1,
          steps,
          gradients,
          Sharding.OPTIMIZER,
          false);
    }

    long parameters() {
      long inner = (layers - 1L) * (hidden + 1L) * hidden;
      return (FEATURES + 1L) * hidden + inner + hidden + 1;
    }
  }

  @Override
  public Integer call() throws Exception {
    Link here = link();
    options.print(
        Map.of(
            "link", here.name(),
            "tripMs", here.tripMs(),
            "messageMs", here.messageMs(),
            "gbit", here.bytesPerMs() / 125_000),
        "%s: a trip takes %.3f ms, each further rank adds %.4f ms, a rank sends %.2f Gbit/s"
            .formatted(here.name(), here.tripMs(), here.messageMs(), here.bytesPerMs() / 125_000));
    List<Link> links = new ArrayList<>();
    for (String network : networks) {
      String[] parts = network.split(":", 2);
      links.add(Link.onPaper(Double.parseDouble(parts[0]), Double.parseDouble(parts[1]), here));
    }
    for (Size size : Size.ALL) {
      double alone = alone(size);
      for (Precision gradients : Precision.values()) {
        CostModel model = new CostModel(alone, size.parameters(), gradients);
        check(size, model, here);
        links.forEach(link -> table(size, model, link));
      }
    }
    return 0;
  }

  /** The link between two ranks here: on the loopback address, or wherever ranks are placed. */
  private Link link() throws IOException, InterruptedException {
    List<JsonNode> crowd = new ArrayList<>();
    RankThreads.run(
        CROWD,
        CollectiveOptions.loopback().withSharedMemory(false),
        new AllReduceBenchmark(List.of(1), "tcp"),
        line -> crowd.add(Json.read(line, JsonNode.class)));
    int cores = Math.min(CROWD, Runtime.getRuntime().availableProcessors());
    double message = crowd.get(0).get("ms").asDouble() * cores / (CROWD * (CROWD - 1));
    List<JsonNode> pair = new ArrayList<>();
    places
        .processes(2)
        .run(
            List.of(
                AllReduceBenchmark.NAME,
                Json.line(new AllReduceBenchmark(List.of(SMALL_KIB, LARGE_KIB), "tcp"))),
            line -> pair.add(Json.read(line, JsonNode.class)));
    double trip = pair.get(0).get("ms").asDouble();
    double large = pair.get(1).get("ms").asDouble();
    return new Link(
        places.given() ? "link between the places" : "loopback",
        Math.max(0, trip - message),
        message,
        LARGE_KIB * 1024.0 / (large - 2 * trip));
  }

  /** A rank's step while others, with which it has nothing to do, keep all cores busy. */
  private double alone(Size size) throws Exception {
    int cores = Runtime.getRuntime().availableProcessors();
    ExecutorService threads = Executors.newFixedThreadPool(cores);
    try {
      List<Future<Double>> ranks = new ArrayList<>();
      for (int i = 0; i < cores; i++) {
        ranks.add(threads.submit(() -> step(ProcessFlags.loopback(1), size, Precision.FLOAT32)));
      }
      double sum = 0;
      for (Future<Double> rank : ranks) {
        sum += rank.get();
      }
      return sum / cores;
    } finally {
      threads.shutdownNow();
    }
  }

  private double step(RankProcesses ranks, Size size, Precision gradients)
      throws IOException, InterruptedException {
    List<JsonNode> lines = new ArrayList<>();
    ranks.run(
        List.of(StepBenchmark.NAME, Json.line(size.work(batch, gradients))),
        line -> lines.add(Json.read(line, JsonNode.class)));
    return lines.get(0).get("msPerStep").asDouble();
  }

  private void check(Size size, CostModel model, Link here)
      throws IOException, InterruptedException {
    double measured = step(places.processes(2), size, model.gradients());
    double predicted = model.stepMs(2, here);
    Map<String, Object> line = head(size, model, here);
    line.put("ranks", 2);
    line.put("computeMs", model.computeMs());
    line.put("predictedMs", predicted);
    line.put("measuredMs", measured);
    options.print(
        line,
        "%n%s, %,d parameters, %s gradients: %.2f ms alone; 2 ranks over %s: %.2f ms predicted, %.2f ms measured"
            .formatted(
                size.name(),
                model.parameters(),
                model.gradients().name().toLowerCase(Locale.ROOT),
                model.computeMs(),
                here.name(),
                predicted,
                measured));
  }

  private void table(Size size, CostModel model, Link link) {
    Map<Integer, String> cells = new LinkedHashMap<>();
    for (int ranks = 1; ranks <= MOST; ranks *= 2) {
      double step = model.stepMs(ranks, link);
      double share = model.communicationMs(ranks, link) / step;
      cells.put(ranks, "%d: %.1f ms %.0f%%".formatted(ranks, step, 100 * share));
      if (options.json()) {
        Map<String, Object> line = head(size, model, link);
        line.put("ranks", ranks);
        line.put("stepMs", step);
        line.put("communicationShare", share);
        line.put("rowsPerSecond", ranks * batch / step * 1e3);
        options.print(line, "");
      }
    }
    if (!options.json()) {
      OptionalInt from = model.dominatedFrom(link, MOST);
      options.print(
          null,
          "  %-20s %s; communication is more than half %s"
              .formatted(
                  link.name(),
                  cells.values().stream().collect(Collectors.joining(", ")),
                  from.isPresent() ? "from " + from.getAsInt() + " ranks" : "nowhere here"));
    }
  }

  private static Map<String, Object> head(Size size, CostModel model, Link link) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("model", size.name());
    line.put("parameters", model.parameters());
    line.put("gradients", model.gradients());
    line.put("network", link.name());
    return line;
  }
}
