package dev.lockstep.distributor.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.data.ShortJvm;
import dev.lockstep.distributor.spec.Sharding;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Executors that are killed, hang or lose their driver in the middle of a training on a real
 * cluster.
 */
class StandaloneClusterTest {
  /** Others, or more of them: {@code -Dlockstep.disturbances=SILENCED,KILLED,KILLED}. */
  private static final List<String> DISTURBANCES =
      List.of(System.getProperty("lockstep.disturbances", "KILLED,STOPPED,CUT").split(","));

  @TempDir static Path directory;

  @Test
  void it_ends_with_the_bits_of_an_undisturbed_run_in_one_process() throws Exception {
    List<String> lines = drive();
    SparkSession spark = MadeUp.spark(directory);
    String local;
    try {
      local =
          ClusterTraining.train(spark, Sharding.OPTIMIZER, directory.resolve("local"))
              .weightsSha256();
    } finally {
      spark.stop();
    }
    assertThat(lines).hasSize(2 + DISTURBANCES.size());
    assertThat(lines).allSatisfy(line -> assertThat(line.split(" ")[1]).isEqualTo(local));
  }

  private static List<String> drive() throws Exception {
    String root = System.getProperty("lockstep.root");
    String seed = String.valueOf(System.nanoTime() % 1000);
    List<String> command =
        ShortJvm.command(
            List.of("-Dlockstep.root=" + root),
            ClusterTraining.class,
            directory.resolve("cluster").toString(),
            seed);
    command.addAll(DISTURBANCES);
    Process driver =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    List<String> lines = driver.inputReader().lines().toList();
    lines.forEach(System.err::println);
    assertThat(driver.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(driver.exitValue()).as("seed %s", seed).isZero();
    return lines.stream().filter(l -> l.matches("[A-Z]+ [0-9a-f]{64} .*")).toList();
  }
}
