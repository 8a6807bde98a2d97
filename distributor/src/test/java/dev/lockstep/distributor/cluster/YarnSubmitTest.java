package dev.lockstep.distributor.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkSubmit;
import org.apache.spark.deploy.SparkSubmitArguments;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.Option;
import scala.collection.immutable.Map$;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * What spark-submit makes of our properties before it hands them to YARN's client, which is not
 * among Spark's jars here; no YARN runs.
 */
class YarnSubmitTest {
  private static final String CONFIGS = System.getProperty("lockstep.root") + "/cluster-configs/";

  @TempDir Path directory;
  private List<String> command;

  @BeforeEach
  void command() throws IOException {
    command = new ArrayList<>(List.of("--properties-file", CONFIGS + "yarn/spark-defaults.conf"));
    command.addAll(List.of("--jars", file("natives.jar"), "--files", file("experiment.yaml")));
    command.addAll(List.of("--class", "dev.lockstep.evaluation.Lockstep", file("lockstep.jar")));
    command.addAll(List.of("train", "experiment.yaml"));
  }

  private String file(String name) throws IOException {
    return Files.writeString(directory.resolve(name), "").toString();
  }

  private SparkSubmitArguments arguments() {
    Map<String, String> environment = Map.of("HADOOP_CONF_DIR", directory.toString());
    return new SparkSubmitArguments(
        CollectionConverters.asScala(command).toSeq(),
        Map$.MODULE$.from(CollectionConverters.asScala(environment)));
  }

  @Test
  void yarn_is_asked_for_a_driver_and_two_executors_that_get_all_files() {
    SparkSubmitArguments arguments = arguments();
    // Else it ends for want of YARN's client, which nothing up to there has used.
    System.setProperty("spark.testing", "true");
    try {
      var prepared = new SparkSubmit().prepareSubmitEnvironment(arguments, Option.empty());
      assertThat(prepared._4()).isEqualTo("org.apache.spark.deploy.yarn.YarnClusterApplication");
      Seq<String> words = prepared._1();
      assertThat(CollectionConverters.asJava(words))
          .containsSequence("--class", "dev.lockstep.evaluation.Lockstep")
          .containsSequence("--arg", "train", "--arg", "experiment.yaml");
      SparkConf conf = prepared._3();
      assertThat(conf.get("spark.yarn.dist.jars")).endsWith("/natives.jar");
      assertThat(conf.get("spark.yarn.dist.files")).endsWith("/experiment.yaml");
      assertThat(conf.get("spark.executor.instances")).isEqualTo("2");
      assertThat(conf.get("spark.executor.memoryOverhead")).isEqualTo("2g");
      assertThat(conf.get("spark.yarn.maxAppAttempts")).isEqualTo("1");
    } finally {
      System.clearProperty("spark.testing");
    }
  }

  @Test
  void the_driver_runs_on_the_cluster() {
    assertThat(arguments().master()).isEqualTo("yarn");
    assertThat(arguments().deployMode()).isEqualTo("cluster");
  }
}
