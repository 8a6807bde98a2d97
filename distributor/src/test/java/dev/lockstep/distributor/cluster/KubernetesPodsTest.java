package dev.lockstep.distributor.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.SecurityManager;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.k8s.KubernetesConf;
import org.apache.spark.deploy.k8s.SparkPod;
import org.apache.spark.deploy.k8s.submit.JavaMainAppResource;
import org.apache.spark.deploy.k8s.submit.KubernetesDriverBuilder;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.resource.ResourceProfile$;
import org.apache.spark.scheduler.cluster.k8s.KubernetesExecutorBuilder;
import org.apache.spark.util.Utils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import scala.Option;
import scala.Some;
import scala.jdk.javaapi.CollectionConverters;

/** The pods that Spark itself makes of our settings and templates; no Kubernetes runs here. */
class KubernetesPodsTest {
  private static final Path CONFIGS =
      Path.of(System.getProperty("lockstep.root"), "cluster-configs", "kubernetes");

  private static KubernetesClient client;

  @BeforeAll
  static void start() {
    client =
        new KubernetesClientBuilder()
            .withConfig(new ConfigBuilder().withAutoConfigure(false).build())
            .build();
  }

  @AfterAll
  static void stop() {
    client.close();
    // Spark keeps one in a JVM, and the next session would take this one's settings.
    ResourceProfile$.MODULE$.clearDefaultProfile();
  }

  private static SparkConf conf(String... files) {
    SparkConf conf = new SparkConf(false).set("spark.master", "k8s://https://127.0.0.1:6443");
    conf.set("spark.app.name", "lockstep").set("spark.app.id", "lockstep-1");
    conf.set("spark.kubernetes.executor.podNamePrefix", "lockstep");
    for (String file : files) {
      CollectionConverters.asJava(Utils.getPropertiesFromFile(CONFIGS.resolve(file).toString()))
          .forEach(
              (key, value) ->
                  conf.set(key, value.replace("cluster-configs/kubernetes", CONFIGS.toString())));
    }
    return conf;
  }

  private static SparkPod driver() {
    var driver =
        KubernetesConf.createDriverConf(
            conf("spark-defaults.conf"),
            "lockstep-1",
            JavaMainAppResource.apply(new Some<>("local:///opt/lockstep/lockstep.jar")),
            "dev.lockstep.evaluation.Lockstep",
            new String[] {"train", "/opt/lockstep/experiments/experiment.yaml"},
            Option.empty());
    return new KubernetesDriverBuilder().buildFromFeatures(driver, client).pod();
  }

  private static SparkPod executor(String... files) {
    SparkConf conf = conf(files).set("spark.driver.host", "driver").set("spark.driver.port", "7");
    var executor =
        KubernetesConf.createExecutorConf(
            conf, "1", "lockstep-1", Option.empty(), ResourceProfile.DEFAULT_RESOURCE_PROFILE_ID());
    SecurityManager security =
        new SecurityManager(
            conf,
            Option.empty(),
            org.apache.spark.internal.config.package$.MODULE$.AUTH_SECRET_FILE());
    security.initializeAuth();
    return new KubernetesExecutorBuilder()
        .buildFromFeatures(
            executor, security, client, ResourceProfile$.MODULE$.reInitDefaultProfile(conf))
        .pod();
  }

  @Test
  void the_driver_runs_lockstep_and_finds_the_experiment() {
    Container container = driver().container();
    assertThat(container.getImage()).isEqualTo("lockstep:0.1.0");
    assertThat(container.getArgs())
        .contains("driver", "local:///opt/lockstep/lockstep.jar", "train")
        .contains("/opt/lockstep/experiments/experiment.yaml");
    assertThat(container.getVolumeMounts().stream().map(VolumeMount::getMountPath))
        .contains("/opt/lockstep/experiments");
    assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
    Pod pod = driver().pod();
    assertThat(pod.getSpec().getServiceAccountName()).isEqualTo("spark");
    assertThat(pod.getSpec().getSecurityContext().getRunAsNonRoot()).isTrue();
  }

  @Test
  void an_executor_has_memory_for_libtorch_a_disk_for_lanes_and_ports_for_ranks() {
    SparkPod executor = executor("spark-defaults.conf");
    Container container = executor.container();
    assertThat(container.getResources().getRequests().get("memory"))
        .isEqualTo(new Quantity("4096Mi"));
    assertThat(container.getResources().getLimits().get("cpu")).isEqualTo(new Quantity("1"));
    assertThat(container.getEnv()).contains(new EnvVar("SPARK_LOCAL_DIRS", "/var/lockstep", null));
    assertThat(container.getPorts().stream().map(ContainerPort::getContainerPort))
        .contains(20000, 20003);
    var spec = executor.pod().getSpec();
    assertThat(spec.getVolumes())
        .anyMatch(v -> v.getEmptyDir() != null && v.getEmptyDir().getMedium().isEmpty());
    assertThat(spec.getTopologySpreadConstraints()).hasSize(1);
    assertThat(spec.getSecurityContext().getRunAsUser()).isEqualTo(185);
  }

  @Test
  void with_a_gpu_a_rank_each_executor_asks_for_one() {
    Map<String, Quantity> limits =
        executor("spark-defaults.conf", "gpu.conf").container().getResources().getLimits();
    assertThat(limits.get("nvidia.com/gpu")).isEqualTo(new Quantity("1"));
  }

  /** A cluster would drop a field that it does not know, or refuse it. */
  @Test
  void no_manifest_and_no_pod_has_a_field_that_kubernetes_does_not_know() throws IOException {
    String template = Files.readString(CONFIGS.resolve("executor.yaml"));
    strict(Files.readString(CONFIGS.resolve("driver.yaml")), Pod.class);
    strict(template, Pod.class);
    strict(Files.readString(CONFIGS.resolve("network-policy.yaml")), NetworkPolicy.class);
    strict(keep("driver", driver()), Pod.class);
    strict(keep("executor", executor("spark-defaults.conf")), Pod.class);
    strict(keep("executor-gpu", executor("spark-defaults.conf", "gpu.conf")), Pod.class);
    assertThatThrownBy(() -> strict(template.replace("maxSkew", "maximalSkew"), Pod.class))
        .isInstanceOf(UnrecognizedPropertyException.class);
  }

  private static void strict(String yaml, Class<?> type) throws JsonProcessingException {
    JacksonAnnotationIntrospector noPlaceForMore =
        new JacksonAnnotationIntrospector() {
          @Override
          public Boolean hasAnySetter(Annotated member) {
            return false;
          }
        };
    ObjectMapper mapper =
        YAMLMapper.builder()
            .annotationIntrospector(noPlaceForMore)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();
    assertThat((Object) mapper.readValue(yaml, type)).isNotNull();
  }

  /** Leaves the pod in {@code distributor/target/pods}, for other validators. */
  private static String keep(String name, SparkPod made) throws IOException {
    Pod whole =
        new PodBuilder(made.pod()).editSpec().addToContainers(made.container()).endSpec().build();
    String yaml = Serialization.asYaml(whole);
    Path folder = Files.createDirectories(Path.of(System.getProperty("java.io.tmpdir"), "pods"));
    Files.writeString(folder.resolve(name + ".yaml"), yaml);
    return yaml;
  }

  @Test
  void the_network_policy_speaks_of_the_executors_that_the_template_makes() throws IOException {
    NetworkPolicy policy =
        Serialization.unmarshal(
            Files.readString(CONFIGS.resolve("network-policy.yaml")), NetworkPolicy.class);
    Map<String, String> executors = policy.getSpec().getPodSelector().getMatchLabels();
    assertThat(executor("spark-defaults.conf").pod().getMetadata().getLabels())
        .containsAllEntriesOf(executors);
    assertThat(driver().pod().getMetadata().getLabels())
        .containsAllEntriesOf(
            policy.getSpec().getIngress().get(0).getFrom().get(0).getPodSelector().getMatchLabels())
        .doesNotContainEntry("app.kubernetes.io/component", "executor");
  }
}
