package dev.lockstep.distributor.training;

import dev.lockstep.distributor.cluster.StandaloneCluster;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;

/**
 * The driver of a cluster whose executors are killed with {@code SIGKILL} or stopped with {@code
 * SIGSTOP} at random moments of a training. Prints each training's weights.
 */
final class ClusterTraining {
  static final int RANKS = 2;
  private static final int ROWS = 6000;
  private static final int SPREAD = 3;

  private ClusterTraining() {}

  static TrainedModel train(SparkSession spark, Path output) {
    TrainingSpec spec = Specs.with(Training.spec(RANKS), "epochs", 60);
    spec = Specs.with(spec, "patience", 60);
    spec = Specs.with(spec, "checkpoint", Map.of("everySteps", 50));
    return Training.train(spark, Training.rows(spark, ROWS, SPREAD), Training.mlp(), spec, output);
  }

  /**
   * Arguments: a directory, a number of kills, a number of stops, a seed. Prints {@code KIND
   * SHA-256 SECONDS STEP} for an undisturbed training and for each disturbed one.
   */
  public static void main(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[0]);
    int kills = Integer.parseInt(arguments[1]);
    int stops = Integer.parseInt(arguments[2]);
    Random random = new Random(Long.parseLong(arguments[3]));
    try (StandaloneCluster cluster =
        new StandaloneCluster(
            directory.resolve("spark"),
            Collections.nCopies(RANKS, StandaloneCluster.Worker.small()))) {
      SparkSession spark =
          SparkSession.builder()
              .master(cluster.url())
              .appName("cluster-training")
              .config("spark.ui.enabled", false)
              .config("spark.driver.bindAddress", "127.0.0.1")
              .config("spark.driver.host", "127.0.0.1")
              .config("spark.executor.memory", "1g")
              .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
              .config("spark.executor.extraJavaOptions", "-Dai.djl.offline=true")
              .config("spark.sql.shuffle.partitions", RANKS)
              // A stopped executor keeps its slot until Spark gives it up.
              .config("spark.executor.heartbeatInterval", "2s")
              .config("spark.network.timeout", "12s")
              .config("spark.network.timeoutInterval", "3s")
              .getOrCreate();
      train(spark, directory.resolve("warm"));
      double seconds = run("undisturbed", spark, directory.resolve("undisturbed"));
      for (int i = 0; i < kills + stops; i++) {
        String kind = i < kills ? "killed" : "stopped";
        Path output = directory.resolve(kind + i);
        CompletableFuture<Double> training =
            CompletableFuture.supplyAsync(() -> run(kind, spark, output));
        TimeUnit.MILLISECONDS.sleep((long) (random.nextDouble() * 900 * seconds));
        List<ProcessHandle> executors = cluster.executors();
        ProcessHandle one = executors.get(random.nextInt(executors.size()));
        if (i < kills) {
          one.destroyForcibly();
        } else {
          new ProcessBuilder("kill", "-STOP", "" + one.pid()).start().waitFor();
        }
        training.join();
        one.destroyForcibly();
      }
      spark.stop();
    }
  }

  private static double run(String kind, SparkSession spark, Path output) {
    long from = System.nanoTime();
    TrainedModel model = train(spark, output);
    double seconds = (System.nanoTime() - from) / 1e9;
    System.out.printf("%s %s %.1f %d%n", kind, model.weightsSha256(), seconds, model.resumedAt());
    return seconds;
  }
}
