package dev.lockstep.distributor.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkSubmit;
import org.apache.spark.deploy.SparkSubmitArguments;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.Option;
import scala.collection.immutable.Map$;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * What spark-submit makes of our properties for a cluster manager's client; no cluster is asked.
 */
class SubmitTest {
  private static final String CONFIGS = System.getProperty("lockstep.root") + "/cluster-configs/";
  private static final String[] LOCKSTEP = {"--class", "dev.lockstep.evaluation.Lockstep"};

  @TempDir Path directory;

  /** The client's class, its arguments and the properties. */
  private record Prepared(String client, List<String> arguments, SparkConf conf) {}

  @Test
  void yarn_is_asked_for_a_driver_and_two_executors_that_get_all_files() throws IOException {
    Prepared prepared =
        prepare(
            "yarn",
            words("--jars", file("natives.jar"), "--files", file("experiment.yaml")),
            words(file("lockstep.jar"), "train", "experiment.yaml"));
    assertThat(prepared.client()).isEqualTo("org.apache.spark.deploy.yarn.YarnClusterApplication");
    assertThat(prepared.arguments())
        .containsSequence(LOCKSTEP)
        .containsSequence("--arg", "train", "--arg", "experiment.yaml");
    SparkConf conf = prepared.conf();
    assertThat(conf.get("spark.yarn.dist.jars")).endsWith("/natives.jar");
    assertThat(conf.get("spark.yarn.dist.files")).endsWith("/experiment.yaml");
    assertThat(conf.get("spark.executor.instances")).isEqualTo("2");
    assertThat(conf.get("spark.executor.memoryOverhead")).isEqualTo("2g");
    assertThat(conf.get("spark.yarn.maxAppAttempts")).isEqualTo("1");
  }

  @Test
  void kubernetes_is_asked_for_a_driver_of_the_image_and_two_executors() {
    String jar = "local:///opt/lockstep/lockstep.jar";
    Prepared prepared =
        prepare(
            "kubernetes",
            words("--master", "k8s://https://127.0.0.1:6443"),
            words(jar, "train", "experiment.yaml", "--rank-ports", "20000-20031"));
    assertThat(prepared.client())
        .isEqualTo("org.apache.spark.deploy.k8s.submit.KubernetesClientApplication");
    assertThat(prepared.arguments())
        .containsSequence("--primary-java-resource", jar)
        .containsSequence("--main-class", LOCKSTEP[1])
        .containsSequence("--arg", "--rank-ports", "--arg", "20000-20031");
    assertThat(prepared.conf().get("spark.kubernetes.container.image")).isEqualTo("lockstep:0.1.0");
    assertThat(prepared.conf().get("spark.executor.instances")).isEqualTo("2");
  }

  private Prepared prepare(String manager, String[] options, String[] program) {
    String[] properties = {"--properties-file", CONFIGS + manager + "/spark-defaults.conf"};
    List<String> command =
        Stream.of(properties, options, LOCKSTEP, program).flatMap(Arrays::stream).toList();
    Map<String, String> environment = Map.of("HADOOP_CONF_DIR", directory.toString());
    SparkSubmitArguments arguments =
        new SparkSubmitArguments(
            CollectionConverters.asScala(command).toSeq(),
            Map$.MODULE$.from(CollectionConverters.asScala(environment)));
    assertThat(arguments.deployMode()).isEqualTo("cluster");
    var prepared = new SparkSubmit().prepareSubmitEnvironment(arguments, Option.empty());
    Seq<String> words = prepared._1();
    return new Prepared(prepared._4(), CollectionConverters.asJava(words), prepared._3());
  }

  private String file(String name) throws IOException {
    return Files.writeString(directory.resolve(name), "").toString();
  }

  private static String[] words(String... words) {
    return words;
  }
}
