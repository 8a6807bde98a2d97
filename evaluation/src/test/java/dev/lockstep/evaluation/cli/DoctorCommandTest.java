package dev.lockstep.evaluation.cli;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.data.Json;
import dev.lockstep.evaluation.Lockstep;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command, in a JVM of its own. */
class DoctorCommandTest {
  @TempDir static Path directory;

  @Test
  void without_its_native_library_nothing_can_be_trained_and_the_remedy_names_the_jars()
      throws Exception {
    String classPath =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(jar -> !jar.contains("pytorch-jni") && !jar.contains("pytorch-native"))
            .collect(joining(File.pathSeparator));
    Path events = Files.createDirectory(directory.resolve("events"));
    JsonNode result =
        doctor(
            classPath,
            "--conf=spark.eventLog.enabled=true",
            "--conf=spark.eventLog.compress=false",
            "--conf=spark.eventLog.rolling.enabled=false",
            "--conf=spark.eventLog.dir=" + events.toUri(),
            "--conf=spark.lockstep.mlflow.trackingUri=http://ann:pa55word@localhost:5000");
    assertThat(result.get("usable").asBoolean()).isFalse();
    List<JsonNode> failed =
        result.get("findings").valueStream().filter(f -> level(f).equals("FAILED")).toList();
    assertThat(failed).hasSize(1);
    assertThat(failed.get(0).get("check").asText()).isEqualTo("libtorch");
    assertThat(failed.get(0).get("text").asText()).contains("executor driver");
    assertThat(failed.get(0).get("remedy").asText()).contains("pytorch-native-cpu", "--jars");
    List<String> checks = result.get("findings").findValuesAsText("check");
    assertThat(checks).contains("ledger");
    try (Stream<Path> logs = Files.list(events)) {
      String log = Files.readString(logs.findFirst().orElseThrow());
      assertThat(log).contains("spark.lockstep.mlflow.trackingUri").doesNotContain("pa55word");
      assertThat(log).contains("\"spark.authenticate\":\"true\"");
    }
  }

  private static String level(JsonNode finding) {
    return finding.get("level").asText();
  }

  private static JsonNode doctor(String classPath, String... more)
      throws IOException, InterruptedException {
    String root = System.getProperty("lockstep.root");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + root + "/cluster-configs/jvm.options",
                "-Dlog4j2.configurationFile=" + root + "/cluster-configs/log4j2.properties",
                "-DDJL_CACHE_DIR=" + directory.resolve("djl"),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                classPath,
                Lockstep.class.getName(),
                "doctor",
                "--json",
                "--output",
                directory.resolve("runs").toString()));
    command.addAll(List.of(more));
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output = process.inputReader().lines().collect(joining("\n"));
    assertThat(process.waitFor()).isEqualTo(1);
    return Json.read(output, JsonNode.class);
  }
}
