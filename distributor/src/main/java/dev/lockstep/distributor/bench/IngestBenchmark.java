package dev.lockstep.distributor.bench;

import dev.lockstep.data.Task;
import dev.lockstep.data.features.FeatureLayout;
import dev.lockstep.data.features.LabelLayout;
import dev.lockstep.data.lanes.LaneShuffle;
import dev.lockstep.data.preparation.Preparation;
import dev.lockstep.data.preparation.PreparedData;
import dev.lockstep.data.spec.DataSpec;
import dev.lockstep.data.split.Split;
import dev.lockstep.distributor.rendezvous.Distributor;
import dev.lockstep.distributor.rendezvous.JobListener;
import dev.lockstep.distributor.rendezvous.RankFunction;
import dev.lockstep.distributor.rendezvous.RendezvousOptions;
import dev.lockstep.distributor.rows.RankRows;
import dev.lockstep.distributor.rows.RankRows.Layout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/**
 * How long the way from a Delta table to lanes on the ranks' disks takes, beside what Spark takes
 * to read the same columns and throw them away.
 *
 * @param rows rows of the table, which it makes itself
 * @param numeric numeric columns
 * @param categorical categorical columns
 * @param ranks number of ranks
 * @param rounds how often both are timed, in turn; the medians count
 */
public record IngestBenchmark(long rows, int numeric, int categorical, int ranks, int rounds) {
  private static final int LANES = 64;
  private static final double BYTES_PER_MB = 1 << 20;

  /** Checks that there is something to read. */
  public IngestBenchmark {
    if (rows < 1000 || numeric < 0 || categorical < 0 || numeric + categorical < 1) {
      throw new IllegalStateException("expected at least 1,000 rows of at least one column");
    }
    if (ranks < 1 || rounds < 1) {
      throw new IllegalStateException("expected at least one rank and one round");
    }
  }

  /**
   * What was measured.
   *
   * @param rows rows of the table
   * @param noopSeconds to read all columns into Spark's {@code noop} sink, median
   * @param lanesSeconds to pin, check, split, fit, encode, shuffle and write to lanes, median
   * @param peakHeapMB most of the heap that was in use when the garbage collector had run
   */
  public record Result(long rows, double noopSeconds, double lanesSeconds, double peakHeapMB) {}

  /** Makes the table in an empty folder and measures. */
  public Result run(SparkSession spark, Path folder) {
    String table = folder.resolve("table").toString();
    new GeneratedTable(rows, numeric, categorical).write(spark, table);
    DataSpec spec =
        new DataSpec(table, 0L, null, Task.BINARY, "label", null, null, null, null, null, null);
    List<Double> noop = new ArrayList<>();
    List<Double> lanes = new ArrayList<>();
    try (HeapPeak heap = new HeapPeak()) {
      for (int round = 0; round < rounds; round++) {
        noop.add(Rounds.seconds(() -> Rounds.discard(spark.read().format("delta").load(table))));
        lanes.add(Rounds.seconds(() -> lanes(spark, spec)));
      }
      return new Result(
          rows, Rounds.median(noop), Rounds.median(lanes), heap.bytes() / BYTES_PER_MB);
    }
  }

  private void lanes(SparkSession spark, DataSpec spec) {
    try (PreparedData data = Preparation.prepare(spark, spec, "quantile")) {
      FeatureLayout features = data.features().layout();
      LabelLayout label = data.features().label();
      RankFunction<Long> reading =
          (context, partition) -> {
            Layout layout = Layout.of(features, label, LANES, context.rank(), context.worldSize());
            try (RankRows rankRows = new RankRows(partition, layout, context.localDirectory())) {
              return rankRows.train().rows() + rankRows.validation().rows();
            }
          };
      List<Long> read =
          new Distributor(spark.sparkContext(), RendezvousOptions.defaults(), JobListener.NONE)
              .run(LaneShuffle.shuffle(data.batches(), LANES, ranks), reading);
      long expected = data.rows().get(Split.TRAIN) + data.rows().get(Split.VALIDATION);
      if (read.stream().mapToLong(n -> n).sum() != expected) {
        throw new IllegalStateException("expected %d rows, got %s".formatted(expected, read));
      }
    }
  }
}
