package dev.lockstep.ml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.data.SparkExtension;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class ExamplesTest {
  private static final List<String> LOCAL =
      List.of(
          "spark.master=local[4]",
          "spark.ui.enabled=false",
          "spark.driver.host=127.0.0.1",
          "spark.driver.bindAddress=127.0.0.1",
          // As many set it, for all of Spark: it cannot make records.
          "spark.serializer=org.apache.spark.serializer.KryoSerializer",
          "spark.sql.shuffle.partitions=2");

  private static final Pattern SERVICE =
      Pattern.compile(
          "lockstep-(data-prep|models)-[^/]*jar$|/(data-prep|models)/target/classes$"
              + "|/djl/|slf4j-api|/jackson/core/|jackson-datatype-jdk8|/gson/|/jna/|compress|commons-lang3");

  @TempDir Path directory;

  private String run(String example, String mainClass, String... arguments)
      throws IOException, InterruptedException {
    Path classes = Files.createDirectory(directory.resolve("classes"));
    return run(
        Examples.compiled(example, ChildJvm.tests(), classes)
            + File.pathSeparator
            + ChildJvm.tests(),
        mainClass,
        List.of(arguments));
  }

  private String run(String classPath, String mainClass, List<String> arguments)
      throws IOException, InterruptedException {
    Path output = directory.resolve("output");
    Process process = ChildJvm.start(classPath, LOCAL, mainClass, arguments, output);
    assertThat(process.waitFor()).as(Files.readString(output)).isZero();
    return Files.readString(output);
  }

  @Test
  void a_pipeline_is_chosen_by_cross_validation() throws IOException, InterruptedException {
    Path saved = directory.resolve("best");
    assertThat(run("pipeline", "ChurnPipeline", saved.toString()))
        .containsPattern("best: \\S+")
        .containsPattern("(AUC 0\\.[5-9]\\d+\\s+){4}")
        .contains("|         probability|prediction|");
    assertThat(saved.resolve("metadata")).isDirectory();
  }

  @Test
  void a_loop_of_ones_own_adds_gradients() throws IOException, InterruptedException {
    assertThat(run("own-loop", "OwnLoop"))
        .contains("y = 3.000 a -2.000 b +1.000\ny = 3.000 a -2.000 b +1.000\n");
  }

  @Test
  void a_network_of_ones_own_is_trained() throws IOException, InterruptedException {
    assertThat(run("own-network", "TwoLayers")).contains("EpochReport[epoch=5,");
  }

  /** With the jars of its pom alone, of which none is Spark's. */
  @Test
  void a_service_predicts_without_spark(SparkSession spark)
      throws IOException, InterruptedException {
    String model = directory.resolve("model").toString();
    People.classifier().fit(People.of(spark, 400)).save(model);
    String jars =
        Stream.of(ChildJvm.tests().split(File.pathSeparator))
            .filter(jar -> SERVICE.matcher(jar).find())
            .collect(Collectors.joining(File.pathSeparator));
    assertThat(jars).doesNotContain("spark").doesNotContain("hadoop");
    String classes =
        Examples.compiled("service", jars, Files.createDirectory(directory.resolve("service")));
    assertThat(
            run(
                classes + File.pathSeparator + jars,
                "Service",
                List.of(model, "44", "120.5", "plus")))
        .containsPattern("(?m)^0 0\\.\\d+$")
        .containsPattern("(?m)^1 0\\.\\d+$");
  }

  @Test
  void scala_needs_no_cast() throws IOException, InterruptedException {
    Path classes = Files.createDirectory(directory.resolve("scala"));
    run(
        Examples.jars("scala") + File.pathSeparator + ChildJvm.tests(),
        "scala.tools.nsc.Main",
        List.of(
            "-d",
            classes.toString(),
            "-cp",
            ChildJvm.tests(),
            Examples.folder("scala").resolve("Churn.scala").toString()));
    assertThat(run(classes + File.pathSeparator + ChildJvm.tests(), "Churn", List.of()))
        .contains("weightsSha256=")
        .containsPattern("AUC (0\\.9\\d+|1\\.000)");
  }
}
