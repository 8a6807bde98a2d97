package dev.lockstep.evaluation.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.data.Json;
import dev.lockstep.data.SparkExtension;
import dev.lockstep.distributor.cluster.StandaloneCluster;
import dev.lockstep.evaluation.Lockstep;
import dev.lockstep.evaluation.ledger.Ledger;
import dev.lockstep.evaluation.ledger.RunRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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
import picocli.CommandLine;

/**
 * What is packed, submitted to a standalone cluster whose worker runs the driver; table, experiment
 * file, runs, checkpoints and ledger are on HDFS.
 */
@ExtendWith(SparkExtension.class)
class ClusterDeployModeIT {
  private static final String ROOT = System.getProperty("lockstep.root");

  @TempDir static Path directory;
  private static SparkSession spark;
  private static MiniHdfs hdfs;
  private static StandaloneCluster cluster;
  private static FileSystem files;

  @BeforeAll
  static void start(SparkSession session) throws Exception {
    spark = session;
    hdfs = new MiniHdfs(directory.resolve("hdfs"));
    files = new org.apache.hadoop.fs.Path(hdfs.uri()).getFileSystem(new Configuration());
    Path home = directory.resolve("spark");
    run(ROOT + "/cluster-configs/standalone/spark-home", home.toString());
    StandaloneCluster.Worker worker = new StandaloneCluster.Worker(2, "3g", Map.of());
    cluster = new StandaloneCluster(home, Collections.nCopies(2, worker));
    People.write(spark, hdfs.uri() + "/people", 1500);
  }

  @AfterAll
  static void stop() throws Exception {
    cluster.close();
    files.close();
    hdfs.close();
  }

  @Test
  void train_ends_with_the_bits_of_one_process() throws Exception {
    String experiment = experiment("/cluster");
    submit("train", experiment);
    String local = experiment("/local");
    assertThat(new CommandLine(new Lockstep()).execute("train", local, "--json")).isZero();
    assertThat(card("/cluster/*/mlp/model/model.json"))
        .isNotBlank()
        .isEqualTo(card("/local/*/mlp/model/model.json"));
    assertThat(files.globStatus(path("/cluster/*/mlp/checkpoints"))).isEmpty();
  }

  @Test
  void compare_writes_report_and_ledger() throws Exception {
    submit("compare", experiment("/compared"));
    RunRecord run = new Ledger(spark, Ledger.beside(hdfs.uri() + "/compared")).find(Ledger.LATEST);
    assertThat(run.status()).isEqualTo(RunRecord.Status.finished);
    assertThat(run.weightsSha256().get("mlp")).isEqualTo(card("/compared/*/mlp/model/model.json"));
    assertThat(files.globStatus(path("/compared/*/report.html"))).hasSize(1);
  }

  /** An experiment file on HDFS. */
  private static String experiment(String output) throws IOException {
    String text = People.experiment(hdfs.uri() + "/people", hdfs.uri() + output, 3, "");
    org.apache.hadoop.fs.Path file = path(output + ".yaml");
    try (FSDataOutputStream out = files.create(file)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return file.toString();
  }

  private static org.apache.hadoop.fs.Path path(String path) {
    return new org.apache.hadoop.fs.Path(hdfs.uri() + path);
  }

  /** SHA-256 of the weights of the only model there. */
  private static String card(String glob) throws IOException {
    FileStatus[] found = files.globStatus(path(glob));
    assertThat(found).as(glob).hasSize(1);
    try (var in = files.open(found[0].getPath())) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return String.valueOf(Json.read(text, Map.class).get("weightsSha256"));
    }
  }

  private static void submit(String... command) throws Exception {
    String natives = Files.readString(Path.of(ROOT, "evaluation/target/natives.classpath"));
    String[] submit = {
      directory.resolve("spark/bin/spark-submit").toString(),
      "--master",
      cluster.url(),
      "--deploy-mode",
      "cluster",
      "--conf",
      "spark.standalone.submit.waitAppCompletion=true",
      "--conf",
      "spark.driver.memory=1g",
      "--conf",
      "spark.executor.memory=1g",
      "--jars",
      natives.strip().replace(':', ','),
      "--class",
      Lockstep.class.getName(),
      ROOT + "/evaluation/target/lockstep.jar"
    };
    try {
      run(Stream.of(submit, command).flatMap(Arrays::stream).toArray(String[]::new));
    } catch (AssertionError e) {
      for (int worker = 0; worker < 2; worker++) {
        printLogs(cluster.work(worker));
      }
      throw e;
    }
  }

  private static void printLogs(Path work) throws IOException {
    if (!Files.exists(work)) {
      return;
    }
    try (Stream<Path> all = Files.walk(work, 3)) {
      List<Path> logs = all.filter(f -> f.endsWith("stderr")).toList();
      for (Path log : logs) {
        System.err.println(log + "\n" + Files.readString(log));
      }
    }
  }

  /** Runs a program as a person would, who does not stand in the root of the repository. */
  private static void run(String... command) throws Exception {
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("output").toFile())
            .start();
    boolean ended = process.waitFor(5, TimeUnit.MINUTES);
    process.destroyForcibly();
    String output = Files.readString(directory.resolve("output"));
    assertThat(ended && process.exitValue() == 0).as(output).isTrue();
  }
}
