package dev.lockstep.distributor.step;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import dev.lockstep.data.encoded.EncodedBatch;
import dev.lockstep.data.lanes.LaneShuffle;
import dev.lockstep.distributor.bench.RankThreads;
import dev.lockstep.distributor.collective.Collective;
import dev.lockstep.distributor.collective.CollectiveOptions;
import dev.lockstep.distributor.collective.Precision;
import dev.lockstep.distributor.collective.Shard;
import dev.lockstep.distributor.optimizer.AdamW;
import dev.lockstep.distributor.rows.BatchPlan;
import dev.lockstep.distributor.rows.BatchReader;
import dev.lockstep.distributor.rows.RankRows;
import dev.lockstep.distributor.spec.Sharding;
import dev.lockstep.models.Link;
import dev.lockstep.models.Loss;
import dev.lockstep.models.Networks;
import dev.lockstep.models.Weights;
import dev.lockstep.models.engine.Libtorch;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Steps of a sequence of DJL's blocks, whose children are units. */
class ShardedStepTest {
  private static final int RANKS = 2;
  private static final int ROWS = 64;

  @TempDir private Path directory;

  @Test
  void units_gathered_in_time_or_ahead_give_the_bits_of_whole_parameters() throws Exception {
    String whole = train(Sharding.NONE, false);
    assertThat(train(Sharding.FULL, false)).isEqualTo(whole);
    assertThat(train(Sharding.FULL, true)).isEqualTo(whole);
  }

  private String train(Sharding sharding, boolean ahead) throws Exception {
    List<String> digests = new CopyOnWriteArrayList<>();
    RankThreads.run(
        RANKS,
        CollectiveOptions.loopback(),
        (collective, out) -> digests.add(train(collective, sharding, ahead)),
        line -> {});
    assertThat(digests).hasSize(RANKS);
    assertThat(digests.get(0)).isEqualTo(digests.get(1));
    return digests.get(0);
  }

  private String train(Collective collective, Sharding sharding, boolean ahead) throws Exception {
    NDManager manager = Libtorch.manager(1);
    Block network =
        new SequentialBlock()
            .add(new LambdaBlock(inputs -> new NDList(inputs.get(0)), "numeric"))
            .add(Linear.builder().setUnits(90).build())
            .add(Activation.reluBlock())
            .add(Linear.builder().setUnits(120).build())
            .add(Activation.reluBlock())
            .add(Linear.builder().setUnits(1).build());
    network.initialize(manager, DataType.FLOAT32, new Shape(1, 3), new Shape(1, 0));
    RankRows.Layout layout = new RankRows.Layout(3, 0, RANKS, collective.rank(), 1, 0, 1);
    BatchPlan plan = BatchPlan.of(1, (long) ROWS * RANKS, 32, RANKS);
    try (RankRows rows =
            new RankRows(LaneShuffle.alone(rows(collective.rank())), layout, directory);
        TrainingStep step =
            new TrainingStep(
                manager,
                network,
                Loss.of(Link.SIGMOID, 1),
                new Gradients.Inputs(3, 0),
                1,
                new TrainingStep.Options(1, sharding, Precision.FLOAT32, 0.1, ahead),
                collective,
                Optional.empty(),
                p -> new AdamW(new Shard(0, p.pieces().length()), p.groups(0.1), 0.9, 0.99, 1e-8));
        BatchReader reader = new BatchReader(rows, plan, 0, 0, 2, "steps")) {
      Networks.initialValues(network, 1, step.parameters()::set);
      for (int i = 0; i < 2 * plan.steps(); i++) {
        step.step(reader, false, 0.01);
      }
      return Weights.write(network, step.weights(), OutputStream.nullOutputStream());
    }
  }

  private static EncodedBatch rows(int rank) {
    Random random = new Random(rank);
    float[][] x = new float[3][ROWS];
    long[] hashes = new long[ROWS];
    double[] labels = new double[ROWS];
    double[] weights = new double[ROWS];
    UTF8String[] splits = new UTF8String[ROWS];
    Arrays.fill(weights, 1);
    Arrays.fill(splits, UTF8String.fromString("train"));
    for (int row = 0; row < ROWS; row++) {
      for (float[] column : x) {
        column[row] = (float) random.nextGaussian();
      }
      labels[row] = x[0][row] > x[1][row] ? 1 : 0;
      hashes[row] = rank * (Long.MAX_VALUE / RANKS) + 1000L * (row + 1);
    }
    return new EncodedBatch(ROWS, splits, hashes, labels, weights, x, new int[0][ROWS]);
  }
}
