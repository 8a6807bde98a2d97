package dev.lockstep.distributor.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.lockstep.data.Json;
import dev.lockstep.data.Task;
import dev.lockstep.data.encoded.EncodedBatch;
import dev.lockstep.data.encoded.RowOrder;
import dev.lockstep.data.features.FeatureLayout;
import dev.lockstep.data.features.LabelLayout;
import dev.lockstep.data.lanes.LaneShuffle;
import dev.lockstep.data.split.Split;
import dev.lockstep.distributor.collective.Collective;
import dev.lockstep.distributor.collective.Precision;
import dev.lockstep.distributor.collective.TimedCollective;
import dev.lockstep.distributor.loop.TrainingPlan;
import dev.lockstep.distributor.random.CounterRandom;
import dev.lockstep.distributor.rows.Batch;
import dev.lockstep.distributor.rows.BatchPlan;
import dev.lockstep.distributor.rows.BatchReader;
import dev.lockstep.distributor.rows.RankRows;
import dev.lockstep.distributor.saved.ModelFolder;
import dev.lockstep.distributor.spec.Sharding;
import dev.lockstep.distributor.spec.Training;
import dev.lockstep.distributor.spec.TrainingOptions;
import dev.lockstep.distributor.step.StepSums;
import dev.lockstep.distributor.step.TrainingStep;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Time of the training step of a network: mapped rows, forward, backward, all-reduce, update; or of
 * the forward pass alone. Runs some seconds first, until the JVM has compiled what it will compile.
 *
 * @param model the network's name
 * @param options its options
 * @param numeric number of numeric features, of normal values
 * @param cardinalities number of indices of each categorical feature, of which small ones are
 *     frequent: their logarithms are uniform
 * @param batch rows a rank and step
 * @param threads threads of an operator
 * @param steps steps that are measured
 * @param gradients how gradients travel between ranks
 * @param sharding what is sharded over the ranks
 * @param predict whether the forward pass alone is measured
 */
public record StepBenchmark(
    String model,
    Map<String, Object> options,
    int numeric,
    List<Integer> cardinalities,
    int batch,
    int threads,
    int steps,
    Precision gradients,
    Sharding sharding,
    boolean predict)
    implements RankWork {
  /** The name of this work. */
  public static final String NAME = "train";

  private static final int ROWS = 200_000;
  private static final int LANES_A_RANK = 16;
  private static final long WARMUP_NANOS = 5_000_000_000L;

  /** Copies options and cardinalities. */
  public StepBenchmark {
    options = Map.copyOf(options);
    cardinalities = List.copyOf(cardinalities);
  }

  @Override
  public void run(Collective plain, Consumer<String> out) throws Exception {
    TimedCollective collective = new TimedCollective(plain);
    int world = collective.worldSize();
    TrainingPlan plan = plan(world);
    int lanes = plan.training().parallelism().lanes();
    int first = RowOrder.firstLane(collective.rank(), lanes, world);
    RankRows.Layout layout =
        new RankRows.Layout(numeric, cardinalities.size(), lanes, first, LANES_A_RANK, 0, 1);
    BatchPlan batches = BatchPlan.of(plan.seed(), (long) ROWS * world, batch * world, lanes);
    Path directory = Path.of(System.getProperty("java.io.tmpdir"));
    try (RankRows rankRows = new RankRows(rows(first, lanes), layout, directory);
        TrainingStep network = plan.step(collective);
        BatchReader reader =
            new BatchReader(rankRows, batches, 0, 0, Integer.MAX_VALUE, "bench-batches")) {
      double rate = plan.training().learningRate().base();
      long warm = System.nanoTime() + WARMUP_NANOS;
      StepSums sums;
      do {
        // All ranks end the warm-up after the same step.
        sums = network.step(reader, System.nanoTime() > warm, rate);
      } while (!sums.signal());
      long communicated = collective.nanos();
      long cpu = cpuNanos();
      long from = System.nanoTime();
      for (int step = 0; step < steps; step++) {
        if (predict) {
          Batch rows = reader.next();
          network.inference().score(rows, false);
          reader.giveBack(rows);
        } else {
          sums = network.step(reader, false, rate);
        }
      }
      double seconds = (System.nanoTime() - from) / 1e9;
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("model", model);
      line.put("world", world);
      line.put("batchPerRank", batch);
      line.put("parameters", parameters(network));
      line.put("rowsPerSecPerRank", Math.round(steps * (double) batch / seconds));
      line.put("msPerStep", Math.round(seconds * 1e6 / steps) / 1e3);
      line.put("cpuMsPerStep", Math.round((cpuNanos() - cpu) / 1e3 / steps) / 1e3);
      line.put("communicationShare", share(collective.nanos() - communicated, seconds));
      line.put("gradients", gradients);
      line.put("loss", sums.loss() / sums.weight());
      network.embeddings().ifPresent(e -> line.put("embeddingRowsOwned", e.rowsOwned()));
      TrainingStep.Memory memory = network.memory();
      line.put("sharding", sharding);
      line.put("parametersMB", megabytes(memory.parameters()));
      line.put("gradientsMB", megabytes(memory.gradients()));
      line.put("optimizerMB", megabytes(memory.optimizer()));
      line.put("unitsMB", megabytes(memory.units()));
      line.put("rssMB", statusMegabytes("VmRSS:"));
      line.put("peakRssMB", statusMegabytes("VmHWM:"));
      out.accept(Json.line(line));
    }
  }

  /** Trained values, those of rows included that are not there before they are asked for. */
  private long parameters(TrainingStep network) {
    long rows = cardinalities.stream().mapToLong(Integer::longValue).sum();
    return network.parameters().size()
        + network.embeddings().map(e -> rows * e.layout().width()).orElse(0L);
  }

  /** Processor time of this JVM, of all ranks where they are its threads. */
  private static long cpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  /** Memory of this process, as Linux tells it; -1 elsewhere. */
  private static long statusMegabytes(String field) throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return -1;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith(field))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElse(-1);
  }

  private static double megabytes(long bytes) {
    return Math.round(bytes / 1e5) / 10.0;
  }

  private static double share(long nanos, double seconds) {
    return Math.round(nanos / seconds / 1e6) / 1e3;
  }

  private TrainingPlan plan(int world) {
    List<Float> edges = IntStream.rangeClosed(-24, 24).mapToObj(i -> i / 8f).toList();
    FeatureLayout layout =
        new FeatureLayout(
            IntStream.range(0, numeric)
                .mapToObj(i -> new FeatureLayout.Numeric("x" + i, edges))
                .toList(),
            IntStream.range(0, cardinalities.size())
                .mapToObj(i -> new FeatureLayout.Categorical("c" + i, cardinalities.get(i)))
                .toList());
    TrainingOptions complete =
        TrainingOptions.sending(gradients, sharding)
            .withRanks(world)
            .withLanes(LANES_A_RANK * world)
            .withThreads(threads)
            .orElse(TrainingOptions.defaults());
    LabelLayout label = new LabelLayout(Task.BINARY, List.of("0", "1"), 0, 1);
    return new TrainingPlan(
        model,
        new HashMap<>(options),
        layout,
        label,
        new Training(complete),
        7,
        "bench",
        new ModelFolder("", "bench"),
        null,
        false);
  }

  /** A rank's rows: the label depends on three of the numeric features, if there are so many. */
  private Iterator<InternalRow> rows(int firstLane, int lanes) {
    Random random = new Random(firstLane);
    float[][] x = new float[numeric][ROWS];
    int[][] c = new int[cardinalities.size()][ROWS];
    long[] hashes = new long[ROWS];
    double[] labels = new double[ROWS];
    double[] weights = new double[ROWS];
    UTF8String[] splits = new UTF8String[ROWS];
    Arrays.fill(weights, 1);
    Arrays.fill(splits, UTF8String.fromString(Split.TRAIN.column()));
    for (int row = 0; row < ROWS; row++) {
      for (float[] column : x) {
        column[row] = (float) random.nextGaussian();
      }
      for (int j = 0; j < c.length; j++) {
        int size = cardinalities.get(j);
        double id = Math.exp(random.nextDouble() * Math.log(size + 1.0)) - 1;
        c[j][row] = (int) Math.min(id, size - 1);
      }
      double signal = numeric > 2 ? x[0][row] + x[1][row] * x[2][row] : random.nextGaussian();
      labels[row] = signal > 0 ? 1 : 0;
      // A place within one of the rank's lanes, lane by lane.
      long lane = firstLane + (long) row * LANES_A_RANK / ROWS;
      long width = Long.MAX_VALUE / lanes;
      hashes[row] = lane * width + (CounterRandom.mix(row) >>> 1) % (width / 2) + width / 4;
    }
    return LaneShuffle.alone(new EncodedBatch(ROWS, splits, hashes, labels, weights, x, c));
  }
}
