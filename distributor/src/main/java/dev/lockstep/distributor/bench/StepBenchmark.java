package dev.lockstep.distributor.bench;

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
import dev.lockstep.distributor.rows.BatchPlan;
import dev.lockstep.distributor.rows.BatchReader;
import dev.lockstep.distributor.rows.RankRows;
import dev.lockstep.distributor.saved.ModelFolder;
import dev.lockstep.distributor.spec.Training;
import dev.lockstep.distributor.spec.TrainingOptions;
import dev.lockstep.distributor.step.StepSums;
import dev.lockstep.distributor.step.TrainingStep;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
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
 * Time of the training step: mapped rows, forward, backward, all-reduce, AdamW. Runs some seconds
 * first, until the JVM has compiled what it will compile.
 *
 * @param batch rows a rank and step
 * @param features numeric features
 * @param hidden width of a hidden layer
 * @param layers hidden layers
 * @param threads threads of an operator
 * @param steps steps that are measured
 * @param gradients how gradients travel between ranks
 * @param sharded whether the optimizer's state is sharded over the ranks
 */
public record StepBenchmark(
    int batch,
    int features,
    int hidden,
    int layers,
    int threads,
    int steps,
    Precision gradients,
    boolean sharded)
    implements RankWork {
  /** The name of this work. */
  public static final String NAME = "train";

  /** Numeric features where nothing is said. */
  public static final int FEATURES = 28;

  private static final int ROWS = 200_000;
  private static final int LANES_A_RANK = 16;
  private static final long WARMUP_NANOS = 5_000_000_000L;

  @Override
  public void run(Collective plain, Consumer<String> out) throws Exception {
    TimedCollective collective = new TimedCollective(plain);
    int world = collective.worldSize();
    TrainingPlan plan = plan(world);
    int lanes = plan.training().parallelism().lanes();
    int first = RowOrder.firstLane(collective.rank(), lanes, world);
    RankRows.Layout layout = new RankRows.Layout(features, 0, lanes, first, LANES_A_RANK, 0, 1);
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
      long from = System.nanoTime();
      for (int step = 0; step < steps; step++) {
        sums = network.step(reader, false, rate);
      }
      double seconds = (System.nanoTime() - from) / 1e9;
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("world", world);
      line.put("batchPerRank", batch);
      line.put("hidden", hidden);
      line.put("layers", layers);
      line.put("rowsPerSecondPerRank", Math.round(steps * (double) batch / seconds));
      line.put("msPerStep", Math.round(seconds * 1e6 / steps) / 1e3);
      line.put("communicationShare", share(collective.nanos() - communicated, seconds));
      line.put("gradients", gradients);
      line.put("loss", sums.loss() / sums.weight());
      out.accept(Json.line(line));
    }
  }

  private static double share(long nanos, double seconds) {
    return Math.round(nanos / seconds / 1e6) / 1e3;
  }

  private TrainingPlan plan(int world) {
    HashMap<String, Object> options = new HashMap<>();
    options.put("hidden", Collections.nCopies(layers, hidden));
    options.put("dropout", 0);
    FeatureLayout layout =
        new FeatureLayout(
            IntStream.range(0, features)
                .mapToObj(i -> new FeatureLayout.Numeric("x" + i, List.of()))
                .toList(),
            List.of());
    TrainingOptions complete =
        TrainingOptions.sending(gradients, sharded)
            .withRanks(world)
            .withLanes(LANES_A_RANK * world)
            .withThreads(threads)
            .orElse(TrainingOptions.defaults());
    LabelLayout label = new LabelLayout(Task.BINARY, List.of("0", "1"), 0, 1);
    return new TrainingPlan(
        "mlp",
        options,
        layout,
        label,
        new Training(complete),
        7,
        "bench",
        new ModelFolder("", "bench"),
        null,
        false);
  }

  /** A rank's rows: the label depends on three of the features. */
  private Iterator<InternalRow> rows(int firstLane, int lanes) {
    Random random = new Random(firstLane);
    float[][] numeric = new float[features][ROWS];
    long[] hashes = new long[ROWS];
    double[] labels = new double[ROWS];
    double[] weights = new double[ROWS];
    UTF8String[] splits = new UTF8String[ROWS];
    Arrays.fill(weights, 1);
    Arrays.fill(splits, UTF8String.fromString(Split.TRAIN.column()));
    for (int row = 0; row < ROWS; row++) {
      for (float[] column : numeric) {
        column[row] = (float) random.nextGaussian();
      }
      labels[row] = numeric[0][row] + numeric[1][row] * numeric[2][row] > 0 ? 1 : 0;
      // A place within one of the rank's lanes, lane by lane.
      long lane = firstLane + (long) row * LANES_A_RANK / ROWS;
      long width = Long.MAX_VALUE / lanes;
      hashes[row] = lane * width + (CounterRandom.mix(row) >>> 1) % (width / 2) + width / 4;
    }
    return LaneShuffle.alone(
        new EncodedBatch(ROWS, splits, hashes, labels, weights, numeric, new int[0][ROWS]));
  }
}
