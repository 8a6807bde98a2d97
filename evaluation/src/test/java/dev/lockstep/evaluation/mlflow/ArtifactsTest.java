package dev.lockstep.evaluation.mlflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArtifactsTest {
  @TempDir Path directory;

  private static Artifacts at(String uri) throws IOException {
    MlflowHttp http =
        new MlflowHttp("http://127.0.0.1:1", Optional.empty(), Duration.ofSeconds(5), List.of());
    return new Artifacts(new MlflowApi(http), new Configuration(), uri);
  }

  @Test
  void files_go_to_a_folder_of_this_machine_with_or_without_a_scheme() throws IOException {
    Path from = Files.createDirectories(directory.resolve("from/deep"));
    Files.writeString(from.resolve("weights"), "w");
    Files.writeString(from.resolve(".hidden"), "h");
    Path first = directory.resolve("to/a folder");
    Path second = directory.resolve("to/other");
    at(first.toUri().toString()).putFolder("model/", hadoop(from.getParent()), true);
    at(second.toString()).putFolder("", hadoop(from), false);
    try (Stream<Path> all = Files.walk(directory.resolve("to"))) {
      assertThat(all.filter(Files::isRegularFile))
          .containsExactlyInAnyOrder(
              first.resolve("model/deep/weights"), second.resolve("weights"));
    }
    assertThat(first.resolve("model/deep/weights")).hasContent("w");
  }

  private static org.apache.hadoop.fs.Path hadoop(Path path) {
    return new org.apache.hadoop.fs.Path(path.toUri());
  }

  @Test
  void other_places_are_named() throws IOException {
    Artifacts unknown = at("wasbs-not-there://box/e1/r1/artifacts");
    assertThatThrownBy(() -> unknown.put("model/MLmodel", new byte[0]))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("wasbs-not-there");
    for (String uri : List.of("mlflow-artifacts://elsewhere:80/e1", "mlruns/e1", "no uri: ")) {
      assertThatThrownBy(() -> at(uri)).isInstanceOf(IOException.class);
    }
  }
}
