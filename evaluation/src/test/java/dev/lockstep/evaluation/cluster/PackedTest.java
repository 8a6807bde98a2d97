package dev.lockstep.evaluation.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.data.Exhaustive;
import dev.lockstep.data.Json;
import dev.lockstep.data.ShortJvm;
import dev.lockstep.data.SparkExtension;
import dev.lockstep.distributor.cluster.StandaloneCluster;
import dev.lockstep.evaluation.cli.LockstepCommand;
import dev.lockstep.evaluation.ledger.Ledger;
import dev.lockstep.evaluation.ledger.LedgerPath;
import dev.lockstep.evaluation.ledger.RunRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is packed, submitted to YARN and to a standalone cluster; table, experiment file, runs,
 * checkpoints and ledger are on HDFS.
 */
@ExtendWith(SparkExtension.class)
class PackedTest {
  private static final String JVM = "-Dai.djl.offline=true " + ShortJvm.WORDS;

  private static final List<String> SMALL =
      List.of(
          "--conf",
          "spark.driver.memory=1g",
          "--conf",
          "spark.executor.memory=1g",
          "--conf",
          "spark.driver.extraJavaOptions=" + JVM,
          "--conf",
          "spark.executor.extraJavaOptions=" + JVM,
          "--conf",
          "spark.sql.shuffle.partitions=2",
          "--conf",
          "spark.databricks.delta.snapshotPartitions=1");

  @TempDir static Path directory;
  private static SparkSession spark;
  private static SparkHome home;
  private static Path hadoop;
  private static String hdfs;
  private static FileSystem files;

  /** SHA-256 of the weights that one process ends with. */
  private static String local;

  @BeforeAll
  static void start(SparkSession session) throws Exception {
    spark = session;
    home = new SparkHome(directory.resolve("spark"));
    hadoop = Path.of(home.configs("yarn/cluster", "start").strip());
    Configuration client = new Configuration();
    client.addResource(new org.apache.hadoop.fs.Path(hadoop.resolve("core-site.xml").toUri()));
    hdfs = client.get("fs.defaultFS");
    files = FileSystem.get(client);
    People.write(spark, hdfs + "/people", 1500);
    String experiment = experiment("/local");
    assertThat(LockstepCommand.run("train", experiment, "--json")).isZero();
    local = weights("/local");
  }

  @AfterAll
  static void stop() throws Exception {
    files.close();
    home.configs("yarn/cluster", "stop");
  }

  @Test
  @Exhaustive
  void yarn_in_client_mode_ends_with_the_bits_of_one_process() throws Exception {
    String output = yarn("client", experiment("/client")).end();
    assertThat(weights("/client")).isEqualTo(local);
    assertThat(output).contains(local);
  }

  @Test
  void yarn_in_cluster_mode_ends_with_them_though_a_container_is_killed() throws Exception {
    SparkHome.Running submitted = yarn("cluster", experiment("/killed"));
    // The first may still be being written, but not when there is a second.
    while (files.globStatus(path("/killed/*/mlp/checkpoints/*")).length < 2) {
      assertThat(submitted.process().isAlive()).as(submitted::printed).isTrue();
      Thread.sleep(50);
    }
    executors().findAny().orElseThrow().destroyForcibly();
    submitted.end();
    assertThat(weights("/killed")).isEqualTo(local);
    assertThat(driverOutput()).containsPattern("resumedAtStep +[1-9]");
  }

  @Test
  void standalone_cluster_mode_writes_report_and_ledger() throws Exception {
    StandaloneCluster.Worker worker = new StandaloneCluster.Worker(2, "3g", Map.of());
    try (StandaloneCluster cluster =
        new StandaloneCluster(home.directory(), Collections.nCopies(2, worker))) {
      List<String> options =
          List.of(
              "--master",
              cluster.url(),
              "--deploy-mode",
              "cluster",
              "--conf",
              "spark.standalone.submit.waitAppCompletion=true");
      home.submit(Map.of(), with(options), "compare", experiment("/compared")).end();
    }
    assertThat(weights("/compared")).isEqualTo(local);
    assertThat(files.globStatus(path("/compared/*/mlp/checkpoints"))).isEmpty();
    RunRecord run = new Ledger(spark, LedgerPath.beside(hdfs + "/compared")).find(Ledger.LATEST);
    assertThat(run.status()).isEqualTo(RunRecord.Status.finished);
    assertThat(run.weightsSha256().get("mlp")).isEqualTo(local);
    assertThat(files.globStatus(path("/compared/*/report.html"))).hasSize(1);
  }

  private static SparkHome.Running yarn(String deployMode, String experiment) throws IOException {
    List<String> options =
        List.of(
            "--properties-file",
            System.getProperty("lockstep.root") + "/cluster-configs/yarn/spark-defaults.conf",
            "--deploy-mode",
            deployMode,
            "--conf",
            "spark.yarn.appMasterEnv.SPARK_LOCAL_IP=127.0.0.1",
            "--conf",
            "spark.executorEnv.SPARK_LOCAL_IP=127.0.0.1",
            "--conf",
            "spark.yarn.jars=local:" + home.directory() + "/jars/*");
    return home.submit(
        Map.of("HADOOP_CONF_DIR", hadoop.toString()), with(options), "train", experiment);
  }

  private static List<String> with(List<String> options) {
    return Stream.concat(options.stream(), SMALL.stream()).toList();
  }

  /** The JVMs of executors in YARN's containers; a shell that starts one names the class too. */
  private static Stream<ProcessHandle> executors() {
    return ProcessHandle.allProcesses()
        .filter(process -> process.info().command().orElse("").endsWith("/java"))
        .filter(
            process -> {
              String words = process.info().commandLine().orElse("");
              return words.contains("YarnCoarseGrainedExecutorBackend")
                  && words.contains(home.directory().toString());
            });
  }

  /** What the driver of the last application in cluster mode printed. */
  private static String driverOutput() throws IOException {
    try (Stream<Path> all = Files.walk(hadoop.resolveSibling("yarn"))) {
      StringBuilder printed = new StringBuilder();
      for (Path file : all.filter(f -> f.endsWith("stdout")).toList()) {
        printed.append(Files.readString(file));
      }
      return printed.toString();
    }
  }

  /** An experiment file on HDFS: a training of some seconds with a checkpoint twice an epoch. */
  private static String experiment(String output) throws IOException {
    String training = ", patience: 60, checkpoint: {everySteps: 8}";
    String text = People.experiment(hdfs + "/people", hdfs + output, 60, training);
    org.apache.hadoop.fs.Path file = path(output + ".yaml");
    try (FSDataOutputStream out = files.create(file)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return hdfs + file;
  }

  private static org.apache.hadoop.fs.Path path(String path) {
    return new org.apache.hadoop.fs.Path(path);
  }

  /** SHA-256 of the weights of the only run below an output. */
  private static String weights(String output) throws IOException {
    FileStatus[] found = files.globStatus(path(output + "/*/mlp/model/model.json"));
    assertThat(found).as(output).hasSize(1);
    try (var in = files.open(found[0].getPath())) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return String.valueOf(Json.read(text, Map.class).get("weightsSha256"));
    }
  }
}
