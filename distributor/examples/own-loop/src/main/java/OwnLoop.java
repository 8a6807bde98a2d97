import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.xxhash64;

import dev.lockstep.distributor.collective.Collective;
import dev.lockstep.distributor.rendezvous.Distributor;
import dev.lockstep.distributor.rendezvous.JobListener;
import dev.lockstep.distributor.rendezvous.RankContext;
import dev.lockstep.distributor.rendezvous.RendezvousOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;

/** A training loop of one's own: least squares by gradient descent on ranks that add gradients. */
public final class OwnLoop {
  private static final int RANKS = 2;
  private static final int STEPS = 500;
  private static final float RATE = 0.5f;

  private OwnLoop() {}

  /** Fits y = 3 a - 2 b + 1 on made-up rows. */
  public static void main(String[] args) {
    SparkSession spark = SparkSession.builder().appName("own loop").getOrCreate();
    Dataset<Row> rows =
        spark
            .range(10_000)
            .select(
                pmod(xxhash64(lit("a"), col("id")), lit(1009)).divide(1009.0).as("a"),
                pmod(xxhash64(lit("b"), col("id")), lit(1013)).divide(1013.0).as("b"))
            .withColumn("y", col("a").multiply(3).minus(col("b").multiply(2)).plus(1));
    List<float[]> weights =
        new Distributor(
                spark.sparkContext(),
                RendezvousOptions.of(spark.sparkContext().getConf()),
                JobListener.NONE)
            .run(rows, RANKS, OwnLoop::rank);
    for (float[] w : weights) {
      System.out.printf("y = %.3f a %+.3f b %+.3f%n", w[0], w[1], w[2]);
    }
    spark.stop();
  }

  /** What each rank does with its rows; all take the same steps, so all have the same weights. */
  private static float[] rank(RankContext context, Iterator<InternalRow> rows) {
    List<float[]> own = new ArrayList<>();
    rows.forEachRemaining(
        row ->
            own.add(
                new float[] {
                  (float) row.getDouble(0), (float) row.getDouble(1), 1, (float) row.getDouble(2)
                }));
    Collective collective = context.collective();
    // Direct and in native order: collectives send the memory as it is.
    ByteBuffer sums = ByteBuffer.allocateDirect(4 * Float.BYTES).order(ByteOrder.nativeOrder());
    FloatBuffer sum = sums.asFloatBuffer();
    float[] weights = new float[3];
    for (int step = 0; step < STEPS; step++) {
      float[] gradient = new float[4];
      for (float[] row : own) {
        float error =
            weights[0] * row[0] + weights[1] * row[1] + weights[2] * row[2] - row[3];
        for (int i = 0; i < 3; i++) {
          gradient[i] += 2 * error * row[i];
        }
        gradient[3]++;
      }
      sum.put(0, gradient);
      collective.allReduce(sums);
      for (int i = 0; i < 3; i++) {
        weights[i] -= RATE * sum.get(i) / sum.get(3);
      }
    }
    return weights;
  }
}
