package dev.lockstep.distributor.training;

import dev.lockstep.data.encoded.EncodedBatch;
import dev.lockstep.data.encoded.EncodedRows;
import dev.lockstep.data.lanes.LaneShuffle;
import dev.lockstep.distributor.rendezvous.Distributor;
import dev.lockstep.distributor.rendezvous.JobListener;
import dev.lockstep.distributor.rendezvous.RankContext;
import dev.lockstep.distributor.rendezvous.RendezvousOptions;
import dev.lockstep.distributor.saved.ModelFolder;
import dev.lockstep.distributor.spec.Network;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;

/**
 * A driver whose ranks listen at 127.0.0.1, while their executors say that they are elsewhere. They
 * add the same value many times over, then train.
 */
final class TappedTraining {
  static final int RANKS = 2;

  /** As gradients, easy to find in what was sent. */
  static final float PLANTED = 1234.567f;

  private static final int VALUES = 50_000;

  /**
   * Bytes that ranks send each other at least: an all-reduce of N bytes takes 2 (W - 1) / W * N of
   * each of W ranks.
   */
  static final long LEAST = 2L * (RANKS - 1) * VALUES * Float.BYTES;

  private static final int ROWS = 1000;

  private TappedTraining() {}

  /** Argument: the ranks' ports. Prints {@code weights SHA-256}; Spark's settings are -D. */
  public static void main(String[] arguments) {
    RendezvousOptions defaults = RendezvousOptions.defaults();
    RendezvousOptions options =
        new RendezvousOptions(
            defaults.slots(), Duration.ofSeconds(30), arguments[0], "127.0.0.1", 1);
    SparkSession spark = SparkSession.builder().appName("tapped-training").getOrCreate();
    JavaRDD<EncodedBatch> rows = EncodedRows.batches(MadeUp.rows(spark, ROWS, RANKS));
    new Distributor(spark.sparkContext(), options, JobListener.NONE)
        .run(LaneShuffle.shuffle(rows, RANKS, RANKS), (rank, ignored) -> reduce(rank));
    ModelFolder output = new ModelFolder(spark.conf().get("spark.local.dir"), "output");
    TrainedModel model =
        new Trainer(spark, options, TrainingListener.NONE)
            .train(
                new TrainingData(rows, MadeUp.FEATURES, MadeUp.BINARY, "made-up"),
                Network.of(MadeUp.mlp(), MadeUp.spec(RANKS)),
                1,
                output,
                false);
    System.out.println("weights " + model.weightsSha256());
    spark.stop();
  }

  private static Float reduce(RankContext rank) throws java.io.IOException {
    ByteBuffer gradient =
        ByteBuffer.allocateDirect(VALUES * Float.BYTES).order(ByteOrder.nativeOrder());
    while (gradient.hasRemaining()) {
      gradient.putFloat(PLANTED);
    }
    rank.collective().allReduce(gradient.flip());
    return gradient.getFloat(0);
  }
}
