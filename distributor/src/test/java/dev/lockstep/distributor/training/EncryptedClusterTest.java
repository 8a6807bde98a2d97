package dev.lockstep.distributor.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.data.ShortJvm;
import dev.lockstep.distributor.cluster.StandaloneCluster;
import dev.lockstep.distributor.cluster.StandaloneCluster.Worker;
import dev.lockstep.distributor.collective.Tap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody reads who listens on the wire between the executors of a real cluster. */
class EncryptedClusterTest {
  /** Where executors say that they are. Ranks listen at 127.0.0.1: in between are the taps. */
  private static final String EXECUTORS = "127.0.0.3";

  private static final int PORTS = 4;

  @TempDir static Path directory;

  /** What came of it, and what went by: with the planted value, as sent and as summed. */
  private record Outcome(String weights, long bytes, boolean sent, boolean summed) {}

  @Test
  void with_authentication_and_encryption_no_gradient_can_be_read_and_the_weights_are_the_same()
      throws Exception {
    Outcome plain = run("plain", Map.of());
    assertThat(plain.sent()).isTrue();
    assertThat(plain.summed()).isTrue();

    byte[] secret = new byte[32];
    new Random().nextBytes(secret);
    Outcome encrypted =
        run(
            "encrypted",
            Map.of(
                // Takes jobs from anyone; the master does not start with both.
                "spark.master.rest.enabled", "false",
                "spark.authenticate", "true",
                "spark.network.crypto.enabled", "true",
                "spark.authenticate.secret", HexFormat.of().formatHex(secret)));
    assertThat(encrypted.weights()).isEqualTo(plain.weights());
    assertThat(encrypted.bytes()).isGreaterThanOrEqualTo(TappedTraining.LEAST);
    assertThat(encrypted.sent()).isFalse();
    assertThat(encrypted.summed()).isFalse();
  }

  private static Outcome run(String name, Map<String, String> trust) throws Exception {
    Path home = Files.createDirectories(directory.resolve(name).resolve("spark"));
    // Master and workers know the secret from here, and give it to the executors.
    Files.writeString(
        Files.createDirectories(home.resolve("conf")).resolve("spark-defaults.conf"),
        trust.entrySet().stream()
            .map(setting -> setting.getKey() + " " + setting.getValue() + "\n")
            .collect(Collectors.joining()));
    List<Tap> taps = new ArrayList<>();
    int first = StandaloneCluster.freePort();
    try (StandaloneCluster cluster =
        new StandaloneCluster(
            home,
            Collections.nCopies(TappedTraining.RANKS, new Worker(EXECUTORS, 1, "1g", Map.of())))) {
      for (int port = first; port < first + PORTS; port++) {
        taps.add(new Tap(EXECUTORS, port));
      }
      String weights = drive(cluster.url(), home, first + "-" + (first + PORTS - 1), trust);
      return new Outcome(
          weights,
          taps.stream().mapToLong(Tap::bytes).sum(),
          taps.stream().anyMatch(tap -> tap.saw(TappedTraining.PLANTED)),
          taps.stream().anyMatch(tap -> tap.saw(2 * TappedTraining.PLANTED)));
    } finally {
      for (Tap tap : taps) {
        tap.close();
      }
    }
  }

  /** A driver in a process of its own; returns the weights that its training ended with. */
  private static String drive(String master, Path home, String ports, Map<String, String> trust)
      throws IOException, InterruptedException {
    String root = System.getProperty("lockstep.root");
    String classes = System.getProperty("java.class.path");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + root + "/cluster-configs/jvm.options");
    command.add("-Dlog4j2.configurationFile=" + root + "/cluster-configs/log4j2.properties");
    trust.forEach((key, value) -> command.add("-D" + key + "=" + value));
    command.addAll(
        List.of(
            "-Dspark.master=" + master,
            "-Dspark.ui.enabled=false",
            "-Dspark.driver.host=127.0.0.1",
            "-Dspark.driver.bindAddress=127.0.0.1",
            "-Dspark.local.dir=" + home,
            "-Dspark.executor.memory=1g",
            "-Dspark.executor.extraClassPath=" + classes,
            "-Dspark.sql.codegen.wholeStage=false",
            "-Dspark.sql.codegen.factoryMode=NO_CODEGEN",
            "-Dspark.executor.extraJavaOptions=-Dai.djl.offline=true " + ShortJvm.WORDS));
    command.addAll(ShortJvm.OPTIONS);
    command.addAll(List.of("-Xmx512m", "-cp", classes, TappedTraining.class.getName(), ports));
    Process driver =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    List<String> lines = driver.inputReader().lines().toList();
    assertThat(driver.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(driver.exitValue()).isZero();
    return lines.stream()
        .filter(line -> line.startsWith("weights "))
        .map(line -> line.substring("weights ".length()))
        .findFirst()
        .orElseThrow();
  }
}
