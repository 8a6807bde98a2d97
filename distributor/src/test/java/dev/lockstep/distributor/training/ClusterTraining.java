package dev.lockstep.distributor.training;

import dev.lockstep.data.ShortJvm;
import dev.lockstep.distributor.cluster.StandaloneCluster;
import dev.lockstep.distributor.spec.Sharding;
import dev.lockstep.distributor.spec.TrainingOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;

/**
 * The driver of a cluster whose executors are disturbed at random moments of a training. Prints
 * each training's weights.
 */
final class ClusterTraining {
  static final int RANKS = 2;
  private static final int ROWS = 6000;
  private static final int SPREAD = 3;

  private ClusterTraining() {}

  static TrainedModel train(SparkSession spark, Sharding sharding, Path output) {
    TrainingOptions spec = Specs.with(MadeUp.spec(RANKS), "epochs", 60);
    spec = Specs.with(spec, "patience", 60);
    spec = Specs.with(spec, "sharding", sharding);
    spec = Specs.with(spec, "checkpoint", Map.of("everySteps", 50));
    return MadeUp.train(spark, MadeUp.rows(spark, ROWS, SPREAD), MadeUp.mlp(), spec, output);
  }

  /** What befalls an executor. */
  enum Disturbance {
    /** {@code SIGKILL}. */
    KILLED,
    /** {@code SIGSTOP}. */
    STOPPED,
    /** Its connections with the driver are closed, while those between ranks stay. */
    CUT,
    /** Nothing passes on its connections with the driver any more. */
    SILENCED
  }

  /**
   * Arguments: a directory, a seed, then a kind of disturbance for each training. Prints {@code
   * KIND SHA-256 SECONDS STEP} for two undisturbed trainings, the first with sharded parameters,
   * and for each disturbed one.
   */
  public static void main(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[0]);
    Random random = new Random(Long.parseLong(arguments[1]));
    int port = StandaloneCluster.freePort();
    int blocks = StandaloneCluster.freePort();
    try (StandaloneCluster cluster =
            new StandaloneCluster(
                directory.resolve("spark"),
                Collections.nCopies(RANKS, StandaloneCluster.Worker.small()));
        Relay messages = new Relay(port);
        Relay data = new Relay(blocks)) {
      SparkSession spark =
          SparkSession.builder()
              .master(cluster.url())
              .appName("cluster-training")
              .config("spark.ui.enabled", false)
              .config("spark.driver.bindAddress", "127.0.0.1")
              .config("spark.driver.host", Relay.ADDRESS)
              .config("spark.driver.port", port)
              .config("spark.driver.blockManager.port", blocks)
              .config("spark.executor.memory", "1g")
              .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
              .config("spark.executor.extraJavaOptions", "-Dai.djl.offline=true " + ShortJvm.WORDS)
              .config("spark.sql.shuffle.partitions", RANKS)
              .config("spark.sql.codegen.wholeStage", false)
              .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
              // An executor that is silent keeps its slot until Spark gives it up.
              .config("spark.executor.heartbeatInterval", "2s")
              .config("spark.network.timeout", "12s")
              .config("spark.network.timeoutInterval", "3s")
              .getOrCreate();
      run("FULL", spark, Sharding.FULL, directory.resolve("full"));
      double seconds = run("UNDISTURBED", spark, Sharding.NONE, directory.resolve("undisturbed"));
      for (int i = 2; i < arguments.length; i++) {
        Disturbance kind = Disturbance.valueOf(arguments[i]);
        Path output = directory.resolve("disturbed" + i);
        // Its checkpoints are written by all ranks together.
        Sharding sharding = kind == Disturbance.KILLED ? Sharding.FULL : Sharding.OPTIMIZER;
        CompletableFuture<Double> training =
            CompletableFuture.supplyAsync(() -> run(kind.name(), spark, sharding, output));
        TimeUnit.MILLISECONDS.sleep((long) (random.nextDouble() * 900 * seconds));
        List<ProcessHandle> executors = cluster.executors();
        ProcessHandle one = executors.get(random.nextInt(executors.size()));
        disturb(kind, one, List.of(messages, data));
        training.join();
        one.destroyForcibly();
      }
      spark.stop();
    }
  }

  private static void disturb(Disturbance kind, ProcessHandle executor, List<Relay> ways)
      throws IOException, InterruptedException {
    switch (kind) {
      case KILLED -> executor.destroyForcibly();
      case STOPPED -> new ProcessBuilder("kill", "-STOP", "" + executor.pid()).start().waitFor();
      case CUT, SILENCED -> {
        Set<Integer> ports = Sockets.localPorts(executor.pid());
        int connections = 0;
        for (Relay way : ways) {
          connections += kind == Disturbance.CUT ? way.cut(ports) : way.silence(ports);
        }
        if (connections == 0) {
          throw new IllegalStateException("expected an executor that is connected to the driver");
        }
      }
    }
  }

  private static double run(String kind, SparkSession spark, Sharding sharding, Path output) {
    long from = System.nanoTime();
    TrainedModel model = train(spark, sharding, output);
    double seconds = (System.nanoTime() - from) / 1e9;
    System.out.printf("%s %s %.1f %d%n", kind, model.weightsSha256(), seconds, model.resumedAt());
    return seconds;
  }
}
