package dev.lockstep.evaluation.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lockstep.data.Exhaustive;
import dev.lockstep.data.ShortJvm;
import dev.lockstep.data.SparkExtension;
import dev.lockstep.distributor.cluster.StandaloneCluster;
import dev.lockstep.distributor.cluster.StandaloneCluster.Worker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The faults of the table in {@code cluster-configs/README.md}, on a real cluster whose executors
 * read and write real files. Each ends within a minute of the fault. All of them: {@code
 * -Pexhaustive}.
 */
@ExtendWith(SparkExtension.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FaultMatrixTest {
  /** A minute on a quiet machine; others may be busy on this one. */
  private static final Duration LIMIT = Duration.ofMinutes(2);

  @TempDir static Path directory;
  private static StandaloneCluster cluster;
  private static Driver driver;
  private static int workers;
  private static String undisturbed;

  @BeforeAll
  static void start(SparkSession spark) throws Exception {
    People.write(spark, directory.resolve("people").toString(), 1500);
    cluster = new StandaloneCluster(directory.resolve("spark"), List.of());
    addWorker(Map.of());
    addWorker(Map.of());
    driver = driver();
    driver.begin(train("undisturbed", ""));
    undisturbed = driver.end(LIMIT.multipliedBy(2)).weights(); // Much is loaded here.
  }

  @AfterAll
  static void stop() {
    if (driver != null) {
      driver.close();
    }
    cluster.close();
  }

  @Test
  @Order(1)
  void executor_killed() throws Exception {
    driver.begin(train("executor", ""));
    driver.await(line -> line.contains("epoch   4"), LIMIT);
    cluster.executors().get(0).destroyForcibly();
    Driver.Outcome outcome = driver.end(LIMIT);
    assertThat(outcome.weights()).isEqualTo(undisturbed);
    assertThat(outcome.resumedAt()).isPositive();
  }

  @Test
  @Order(2)
  @Exhaustive
  void worker_killed_while_another_has_room() throws Exception {
    addWorker(Map.of());
    driver.begin(train("worker", ""));
    driver.await(line -> line.contains("epoch   4"), LIMIT);
    cluster.kill(busy());
    Driver.Outcome outcome = driver.end(LIMIT);
    assertThat(outcome.weights()).isEqualTo(undisturbed);
    assertThat(outcome.resumedAt()).isPositive();
  }

  @Test
  @Order(3)
  void driver_killed_and_restarted_with_resume() throws Exception {
    driver.begin(train("driver", ""));
    String run = runId(driver.await(line -> line.startsWith("run "), LIMIT));
    driver.await(line -> line.contains("epoch   4"), LIMIT);
    List<ProcessHandle> executors = cluster.executors();
    driver.kill();
    for (ProcessHandle executor : executors) {
      executor.onExit().get(LIMIT.toSeconds(), java.util.concurrent.TimeUnit.SECONDS);
    }
    driver = driver();
    driver.begin(train("driver", "", "--resume", run));
    Driver.Outcome outcome = driver.end(LIMIT);
    assertThat(outcome.weights()).isEqualTo(undisturbed);
    assertThat(outcome.resumedAt()).isPositive();
  }

  @Test
  @Order(4)
  void checkpoint_directory_becomes_read_only() throws Exception {
    assumeTrue(Mount.isPermitted(directory.resolve("may")), "needs the right to mount");
    try (Mount mount = new Mount(directory.resolve("checkpoints"), "16m")) {
      driver.begin(train("read-only", "directory: " + mount.place().resolve("run")));
      driver.await(line -> line.contains("epoch   4"), LIMIT);
      mount.makeReadOnly();
      Driver.Outcome outcome = driver.end(LIMIT);
      assertThat(outcome.weights()).isEqualTo(undisturbed);
      assertThat(outcome.output())
          .filteredOn(l -> l.startsWith("warning: rank 0: no checkpoint could be written to"))
          .hasSize(1);
    }
  }

  @Test
  @Order(5)
  @Exhaustive
  void slots_drop_between_attempts() throws Exception {
    driver.begin(train("slots", ""));
    String run = runId(driver.await(line -> line.startsWith("run "), LIMIT));
    driver.await(line -> line.contains("epoch   4"), LIMIT);
    cluster.kill(busy());
    Driver.Outcome outcome = driver.end(LIMIT);
    assertThat(outcome.error()).contains("2 ranks need 2 task slots at once").contains("has 1");
    addWorker(Map.of());
    driver.begin(train("slots", "", "--resume", run));
    Driver.Outcome resumed = driver.end(LIMIT);
    assertThat(resumed.weights()).isEqualTo(undisturbed);
    assertThat(resumed.resumedAt()).isPositive();
  }

  @Test
  @Order(6)
  @Exhaustive
  void disk_full_on_one_worker() throws Exception {
    assumeTrue(Mount.isPermitted(directory.resolve("may")), "needs the right to mount");
    try (Mount mount = new Mount(directory.resolve("disk"), "96m")) {
      cluster.kill(busy());
      addWorker(Map.of("SPARK_LOCAL_DIRS", mount.place().toString()));
      mount.fill();
      driver.begin(train("disk", ""));
      assertThat(driver.end(LIMIT).error()).contains("nothing can be written on executor");
      mount.free();
      driver.begin(train("disk", ""));
      driver.await(line -> line.contains("epoch   4"), LIMIT);
      mount.fill();
      assertThat(driver.end(LIMIT).weights()).isEqualTo(undisturbed);
    }
  }

  @Test
  void every_case_is_a_row_of_the_table_for_operators() throws IOException {
    Path readme = Path.of(System.getProperty("lockstep.root"), "cluster-configs", "README.md");
    String text = Files.readString(readme);
    assertThat(FaultMatrixTest.class.getDeclaredMethods())
        .filteredOn(m -> m.isAnnotationPresent(Order.class))
        .hasSize(6)
        .allSatisfy(m -> assertThat(text).contains("| " + m.getName().replace('_', ' ') + " |"));
  }

  private static void addWorker(Map<String, String> environment) throws IOException {
    cluster.add(new Worker(1, "1g", environment));
    workers++;
  }

  /** The first worker with an executor. */
  private static int busy() {
    for (int worker = 0; worker < workers; worker++) {
      if (!cluster.executors(worker).isEmpty()) {
        return worker;
      }
    }
    throw new IllegalStateException("expected a worker with an executor");
  }

  private static String runId(String line) {
    return line.split(" ")[1];
  }

  /** A training that takes some seconds, with a checkpoint twice an epoch. */
  private static String[] train(String name, String checkpoint, String... more) throws IOException {
    String keys =
        ", patience: 150, checkpoint: {everySteps: 8%s}"
            .formatted(checkpoint.isEmpty() ? "" : ", " + checkpoint);
    Path file = directory.resolve(name + ".yaml");
    String output = directory.resolve("runs-" + name).toString();
    String table = directory.resolve("people").toString();
    Files.writeString(file, People.experiment(table, output, 150, keys));
    return java.util.stream.Stream.concat(
            java.util.stream.Stream.of("train", file.toString(), "--json"),
            java.util.Arrays.stream(more))
        .toArray(String[]::new);
  }

  private static Driver driver() throws IOException {
    return new Driver(
        cluster.url(),
        directory,
        List.of(
            "spark.ui.enabled=false",
            "spark.driver.host=127.0.0.1",
            "spark.driver.bindAddress=127.0.0.1",
            "spark.cores.max=2",
            "spark.executor.memory=1g",
            "spark.executor.extraClassPath=" + System.getProperty("java.class.path"),
            "spark.executor.extraJavaOptions=-Dai.djl.offline=true " + ShortJvm.WORDS,
            "spark.sql.codegen.wholeStage=false",
            "spark.sql.codegen.factoryMode=NO_CODEGEN",
            "spark.barrier.sync.timeout=120s",
            "spark.sql.shuffle.partitions=2",
            "spark.databricks.delta.snapshotPartitions=1"));
  }
}
