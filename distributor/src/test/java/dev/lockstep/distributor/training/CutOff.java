package dev.lockstep.distributor.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Trainings that end before their time. */
final class CutOff {
  private CutOff() {}

  /** Cuts a training off once it has written some checkpoints, as a lost driver would. */
  static void training(SparkSession spark, Path output, ThrowingCallable training)
      throws Exception {
    inFolder(spark, output.resolve("checkpoints"), training);
  }

  /** The same where the checkpoints lie in a folder of their own. */
  static void inFolder(SparkSession spark, Path folder, ThrowingCallable training)
      throws Exception {
    Thread watcher =
        new Thread(
            () -> {
              try {
                // While the third is written, the two before it are whole.
                Set<Path> seen = new HashSet<>();
                while (seen.size() < 3) {
                  seen.addAll(checkpoints(folder));
                  Thread.sleep(1);
                }
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
              spark.sparkContext().cancelAllJobs();
            });
    watcher.start();
    assertThatThrownBy(training).isInstanceOf(RuntimeException.class);
    watcher.join();
    awaitTasks(spark);
    assertThat(checkpoints(folder)).isNotEmpty();
  }

  /**
   * Tasks of a cancelled job end after it, and a checkpoint that they gave up may end after them.
   * Until then checkpoints are written and removed.
   */
  private static void awaitTasks(SparkSession spark) throws InterruptedException {
    while (Arrays.stream(spark.sparkContext().statusTracker().getExecutorInfos())
            .anyMatch(executor -> executor.numRunningTasks() > 0)
        || Thread.getAllStackTraces().keySet().stream()
            .anyMatch(thread -> thread.getName().equals("lockstep-checkpoint"))) {
      Thread.sleep(1);
    }
  }

  /** The checkpoints' files, oldest first. */
  static List<Path> checkpoints(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(".ckpt")).sorted().toList();
    }
  }
}
